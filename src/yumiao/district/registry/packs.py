"""The packs that the platform judges by, read once per process."""

from __future__ import annotations

from functools import cache

from django.conf import settings

from yumiao.model.text import Text
from yumiao.packs.library import Library, load_packs


@cache
def library() -> Library:
    """Return the packs that ship and those that the district adds.

    Raises: YumiaoError listing everything that is wrong with them.
    """
    return load_packs(*settings.YUMIAO_PACKS)


@cache
def policy_title(family: str, version: str) -> Text:
    """Return the title of a policy version; its family where no pack has it any more."""
    found = library().find(f"{family}@{version}") or library().find(family)
    return found[0].title if found else Text(family, family)


@cache
def policy_labels(family: str, version: str) -> tuple[dict[str, Text], dict[str, Text]]:
    """Return what the classes and the routes of a policy version are called, by their ids; none of one unknown."""
    found = library().find(f"{family}@{version}")
    if not found:
        return {}, {}
    body = found[0].body
    return body.class_labels(), {name: Text(route.zh, route.en) for name, route in body.routes.items()}


def title_label(title: str) -> Text:
    """Return what a title is called; its id where no pack defines it any more."""
    found = library().titles.get(title)
    return found.label.text if found is not None else Text(title, title)

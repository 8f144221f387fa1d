"""Who may import over HTTP, which intake is meant, and how refusals are told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from django.http import HttpRequest

from yumiao.api.acting import caller_of
from yumiao.api.errors import ApiError, invalid, require
from yumiao.district.accounts.selectors import Actor
from yumiao.district.intakes import selectors
from yumiao.district.intakes.following import has_store
from yumiao.district.permissions import Operation, can
from yumiao.model.problems import Problem, YumiaoError
from yumiao.model.text import Text
from yumiao.packs.near_names import with_nearest

STATE = frozenset({409})
"""What an act may answer besides where an intake or a batch has moved on."""

MOVED_ON = "intake.state"
NO_STORE = ApiError(
    503,
    "store.none",
    Text("还没有数据仓，请系统管理员建立。", "There is no store yet; the administrator has to create it."),
)


def importer(request: HttpRequest, operation: Operation = Operation.IMPORT_FILES) -> Actor:
    """Return who calls, if that person may import. Raises: ApiError (403)."""
    actor = caller_of(request).actor
    require(can(actor, operation))
    return actor


def intake_named(intake: str) -> Any:
    """Return an intake. Raises: ApiError (404)."""
    found = selectors.intake_of(intake)
    if found is None:
        raise ApiError(404, "intake.unknown", Text("没有这次报送。", "There is no such intake."))
    return found


def file_named(intake: str, file: str) -> Any:
    """Return a file of an intake. Raises: ApiError (404), also for a file of another intake."""
    found = selectors.file_of(intake_named(intake).id, file)
    if found is None:
        raise ApiError(404, "intake.no_file", Text("这次报送没有这个文件。", "The intake has no such file."))
    return found


def check_source(source: str) -> None:
    """Refuse a source that no pack declares. Raises: ApiError (422)."""
    known = [each for each, _ in selectors.source_choices()]
    if source and source not in known:
        text = with_nearest(f"没有来源 {source}", f"there is no source {source}", source, known)
        raise invalid(Problem("intake.source", text, path="source", found=source))


def require_store() -> None:
    """Go on where there is a store. Raises: ApiError (503)."""
    if not has_store():
        raise NO_STORE


@contextmanager
def told(intake: str = "") -> Iterator[None]:
    """Tell what the district refuses: 409 where an intake has moved on, else 422 with every problem.

    The path of a problem names the file, the sheet and the cell, where it has no path of its own.
    """
    try:
        yield
    except YumiaoError as error:
        if error.code == MOVED_ON and intake:
            raise _moved_on(intake) from error
        problems = [replace(each, path=each.path or each.place) for each in error.problems]
        raise ApiError(422, error.code, error.text, problems) from error


def _moved_on(intake: str) -> ApiError:
    state = selectors.state_label(intake_named(intake).state)
    text = Text(
        f"这次报送现为“{state.zh}”，不能这样做。",
        f"The intake is “{state.words('en')}” now; this cannot be done to it.",
    )
    return ApiError(409, MOVED_ON, text)

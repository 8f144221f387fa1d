"""A browser, a site for it, and people signed in."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright
from tests.full.browser.opening import FLAGS, new_context, sign_in_state
from tests.full.browser.site import Site, running_site
from tests.full.browser.watching import Watched
from tests.full.needed import find_chromium


@pytest.fixture(scope="session")
def site(tmp_path_factory) -> Site:
    with running_site(tmp_path_factory.mktemp("site")) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Browser:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def signed_in(browser, site) -> Callable[[str], dict]:
    """What a browser keeps of a person who signed in, by login; nobody's for an empty one."""
    kept: dict[str, dict] = {}

    def state_of(login: str) -> dict:
        if login not in kept:
            kept[login] = sign_in_state(browser, site, login)
        return kept[login]

    return state_of


@pytest.fixture
def page_as(browser, site, signed_in) -> Callable[..., Watched]:
    """A watched page of a person: ``page_as("officer", view="dark", language="en", javascript=False)``."""
    contexts: list[BrowserContext] = []

    def opened(login: str = "", **options) -> Watched:
        contexts.append(new_context(browser, site, signed_in(login), **options))
        return Watched(contexts[-1].new_page(), urlsplit(site.address).netloc)

    yield opened
    for context in contexts:
        context.close()

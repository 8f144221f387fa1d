"""A browser, sites for it, and people signed in.

A test that reads takes `site` and `page_as`: one site for all of them, which stays as it was built. A test that writes
takes `own_site` and `own_page_as`: a site of its own, as it was built. So none finds what another one left.
"""

import fcntl
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright
from tests.full.browser.opening import FLAGS, PATIENCE, new_context, sign_in_state
from tests.full.browser.site import Site, build_site, running_site
from tests.full.browser.watching import Watched
from tests.full.needed import find_chromium

expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def built(tmp_path_factory, request) -> Path:
    """A data folder as it was built, of which copies are served: built once, whichever process comes first."""
    folder = tmp_path_factory.getbasetemp()
    if hasattr(request.config, "workerinput"):  # one of several processes: each has a folder in that of all
        folder = folder.parent
    data = folder / "built-site"
    with (folder / "built-site.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not data.exists():
            build_site(data)
    return data


@pytest.fixture(scope="session")
def site(built, tmp_path_factory) -> Iterator[Site]:
    """The site of all tests that only read."""
    with running_site(shutil.copytree(built, tmp_path_factory.mktemp("site") / "data")) as running:
        yield running


@pytest.fixture
def own_site(built, tmp_path) -> Iterator[Site]:
    """A site of the test's own, as it was built: whatever the test does there, no other one finds it."""
    with running_site(shutil.copytree(built, tmp_path / "data")) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
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
def page_as(browser, site, signed_in) -> Iterator[Callable[..., Watched]]:
    """A watched page of a person: ``page_as("officer", view="dark", language="en", javascript=False)``."""
    with opening(browser, site, signed_in) as opened:
        yield opened


@pytest.fixture
def own_page_as(browser, own_site) -> Iterator[Callable[..., Watched]]:
    """The same on the site of the test's own."""
    with opening(browser, own_site, lambda login: sign_in_state(browser, own_site, login)) as opened:
        yield opened


@contextmanager
def opening(
    browser: Browser, site: Site, state_of: Callable[[str], dict]
) -> Iterator[Callable[..., Watched]]:
    """Give out pages of a site; close them at the end of the block."""
    contexts: list[BrowserContext] = []

    def opened(login: str = "", **options) -> Watched:
        contexts.append(new_context(browser, site, state_of(login), **options))
        return Watched(contexts[-1].new_page(), urlsplit(site.address).netloc)

    yield opened
    for context in contexts:
        context.close()

"""A browser, a site for it, and people signed in."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright
from tests.full.browser.site import Site, running_site
from tests.full.browser.watching import Watched
from tests.full.needed import find_chromium

FLAGS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
)
VIEWS = {
    "light": {"viewport": {"width": 1440, "height": 900}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1440, "height": 900}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light", "has_touch": True},
}


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
    """What a browser keeps of a person who signed in by the form, by login; nobody's for an empty one."""
    kept: dict[str, dict] = {"": {}}

    def state_of(login: str) -> dict:
        if login not in kept:
            context = browser.new_context(locale="zh-CN")
            page = context.new_page()
            page.goto(f"{site.address}/sign-in/")
            page.fill("#login", login)
            page.fill("#password", site.passwords[login])
            page.click("main form button[type=submit]")
            page.wait_for_url(re.compile(r"^(?!.*sign-in)"))
            kept[login] = context.storage_state()
            context.close()
        return kept[login]

    return state_of


@pytest.fixture
def page_as(browser, site, signed_in) -> Callable[..., Watched]:
    """A watched page of a person: ``page_as("officer", view="dark", language="en", javascript=False)``."""
    contexts: list[BrowserContext] = []

    def opened(
        login: str = "", *, view: str = "light", language: str = "zh", javascript: bool = True
    ) -> Watched:
        locale = "zh-CN" if language == "zh" else "en-GB"
        context = browser.new_context(
            storage_state=signed_in(login) or None,
            locale=locale,
            base_url=site.address,
            java_script_enabled=javascript,
            reduced_motion="reduce",
            timezone_id="Asia/Shanghai",
            **VIEWS[view],
        )
        context.set_default_timeout(15_000)
        cookie = {
            "name": "django_language",
            "value": "zh-hans" if language == "zh" else "en",
            "url": site.address,
        }
        context.add_cookies([cookie])
        contexts.append(context)
        return Watched(context.new_page(), urlsplit(site.address).netloc)

    yield opened
    for context in contexts:
        context.close()

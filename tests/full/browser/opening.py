"""How a browser is started, and how a person's pages are opened in it."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, BrowserContext
from tests.full.browser.site import Site

FLAGS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
)
PATIENCE = 60_000
"""Milliseconds that a browser waits for what has to come: a machine may be slow, and a test still be right."""
VIEWS = {
    "light": {"viewport": {"width": 1440, "height": 900}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1440, "height": 900}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light", "has_touch": True},
}


def sign_in_state(browser: Browser, site: Site, login: str) -> dict:
    """Sign in by the form; return what the browser keeps of it, nothing for an empty login."""
    if not login:
        return {}
    context = browser.new_context(locale="zh-CN")
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(f"{site.address}/sign-in/")
    page.fill("#login", login)
    page.fill("#password", site.passwords[login])
    page.click("main form button[type=submit]")
    page.wait_for_url(re.compile(r"^(?!.*sign-in)"))
    state = context.storage_state()
    context.close()
    return state


def new_context(
    browser: Browser,
    site: Site,
    state: dict,
    *,
    view: str = "light",
    language: str = "zh",
    javascript: bool = True,
) -> BrowserContext:
    """Return a context in which somebody is signed in, in a size and a language."""
    context = browser.new_context(
        storage_state=state or None,
        locale="zh-CN" if language == "zh" else "en-GB",
        base_url=site.address,
        java_script_enabled=javascript,
        reduced_motion="reduce",
        timezone_id="Asia/Shanghai",
        **VIEWS[view],
    )
    context.set_default_timeout(PATIENCE)
    chosen = "zh-hans" if language == "zh" else "en"
    context.add_cookies([{"name": "django_language", "value": chosen, "url": site.address}])
    return context

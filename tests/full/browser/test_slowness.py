"""What stands before a site to hold its answers back: they come later, and are the same."""

import time

from playwright.sync_api import expect
from tests.full.browser.slowness import slow_answers

HELD_BACK = 0.4


def test_answers_are_held_back_and_are_the_same(site, browser):
    with slow_answers(site.address, HELD_BACK) as address:
        page = browser.new_page()
        began = time.monotonic()
        answer = page.goto(f"{address}/overview/")
        waited = time.monotonic() - began

        assert (answer.status, page.url) == (200, f"{address}/sign-in/?next=/overview/")
        assert waited >= 2 * HELD_BACK
        expect(page.locator("#login")).to_be_visible()
        page.fill("#login", "officer")
        page.fill("#password", site.passwords["officer"])
        with page.expect_navigation():
            page.click("main form button[type=submit]")
        assert page.url == f"{address}/overview/"
        page.close()


def test_site_is_reached_itself_where_nothing_is_held_back(site):
    with slow_answers(site.address, 0.0) as address:
        assert address == site.address

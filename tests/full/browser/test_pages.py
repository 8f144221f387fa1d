"""Every page in a browser: its heading and rows, then what axe says of it, what it loads and what it weighs."""

import pytest
from tests.full.browser.pages import PAGES

MOST_BYTES = 300_000
FETCHED_LATER = "[hx-trigger=load]"
EVERY_PAGE = pytest.mark.parametrize("shown", PAGES, ids=[each.name for each in PAGES])


def visit(watched, shown, site, language="zh"):
    """Open a page, and see that it is the one that was meant, with what it has to hold."""
    response = watched.page.goto(shown.path.format_map(site.ids))
    assert response.status == shown.status
    if watched.page.locator(FETCHED_LATER).count():
        watched.page.wait_for_load_state("networkidle")
    headings = watched.page.locator("h1").all_inner_texts()
    expected = shown.zh if language == "zh" else shown.en
    assert headings == [expected] if expected else len(headings) == 1 and headings[0]
    assert watched.page.locator(shown.rows).count() >= shown.least
    return watched


def complaints_of(watched, shown):
    """What the browser complained of; it names the answer to the page itself where that is an error."""
    expected = f"the server responded with a status of {shown.status}"
    return [each for each in watched.complaints if shown.status == 200 or expected not in each]


@EVERY_PAGE
@pytest.mark.parametrize("view", ["light", "dark", "phone"])
def test_page_keeps_to_wcag(shown, view, page_as, site):
    watched = visit(page_as(shown.role, view=view), shown, site)

    assert watched.violations() == []
    assert complaints_of(watched, shown) == []
    assert watched.elsewhere == []


@EVERY_PAGE
def test_page_weighs_little(shown, page_as, site):
    assert visit(page_as(shown.role), shown, site).weight() <= MOST_BYTES


@EVERY_PAGE
@pytest.mark.parametrize("language", ["zh", "en"])
def test_page_does_not_scroll_sideways_on_a_phone(shown, language, page_as, site):
    page = visit(page_as(shown.role, view="phone", language=language), shown, site, language).page

    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@EVERY_PAGE
def test_english_page_is_english(shown, page_as, site):
    watched = visit(page_as(shown.role, language="en"), shown, site, "en")

    assert watched.page.evaluate("document.documentElement.lang") == "en"
    assert watched.chinese(site.received, shown.quotes) == []
    assert watched.violations() == []


@EVERY_PAGE
def test_page_without_scripts_says_the_same(shown, page_as, site):
    visit(page_as(shown.role, javascript=False), shown, site)

"""Working with the site as people do: by keyboard alone, without scripts, in a browser that lacks newer features."""

import re

import pytest
from playwright.sync_api import expect

WHAT_IF = "/enterprises/{firm}/what-if/?policy=hnte"
ANSWERED = "#wi-short .moved [aria-hidden]"
"""The arrow from what the verdict was to what it would be; before something was tried there is none."""
MOST_TABS = 150


def tab_to(page, selector):
    """Press Tab until an element has the focus; what cannot be reached by the keyboard fails."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"{selector} is not reached by {MOST_TABS} times Tab")


def test_what_if_is_answered_by_keyboard_alone(page_as, site):
    watched = page_as("officer")
    page = watched.page
    page.goto(WHAT_IF.format_map(site.ids))

    tab_to(page, ".what-if input[type=number]")
    name = page.evaluate("document.activeElement.name")
    page.keyboard.type("3")
    with page.expect_response(lambda response: response.request.method == "POST") as answered:
        page.keyboard.press("Enter")

    assert answered.value.status == 200
    expect(page.locator(ANSWERED)).to_have_count(1)
    expect(page.locator(f"[name='{name}']")).to_have_value("3")
    assert watched.complaints == []


def test_what_if_is_answered_without_scripts(page_as, site):
    page = page_as("officer", javascript=False).page
    page.goto(WHAT_IF.format_map(site.ids))
    field = page.locator(".what-if input[type=number]").first
    field.fill("3")
    name = field.get_attribute("name")

    with page.expect_navigation():
        page.locator("form.what-if button[type=submit]").first.click()

    expect(page.locator(ANSWERED)).to_have_count(1)
    expect(page.locator(f"[name='{name}']")).to_have_value("3")


def test_search_is_reached_and_used_by_keyboard_alone(page_as, site):
    page = page_as("officer").page
    page.goto("/overview/")

    tab_to(page, "input[name=q]")
    page.keyboard.type("cz")
    with page.expect_navigation():
        page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(r"/enterprises/\?q=cz"))
    assert page.locator("main tbody tr").count() >= 1


def test_first_tab_leads_past_the_navigation(page_as, site):
    page = page_as("officer").page
    page.goto("/enterprises/")

    page.keyboard.press("Tab")
    expect(page.locator(".ym-skip")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.locator("#main")).to_be_focused()


def test_file_is_imported_by_keyboard_without_leaving_it(own_page_as):
    page = own_page_as("officer").page
    page.goto("/imports/new/")
    head, row = "企业名称,统一社会信用代码,2025年职工总数", "常州萌新设备有限公司,91320412MA9999991W,31"
    content = f"{head}\n{row}\n".encode("utf-8-sig")

    tab_to(page, "input[type=file]")
    page.locator("input[type=file]").set_input_files(
        {"name": "台账.csv", "mimeType": "text/csv", "buffer": content}
    )
    tab_to(page, "main form button[type=submit]")
    with page.expect_navigation():
        page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(r"/imports/[0-9a-f]{32}/"))
    expect(page.locator("h1")).to_contain_text("台账.csv")


OLDER = ("/overview/", "/enterprises/", "/enterprises/{firm}/", "/imports/", "/policies/hnte/")


def without_newer_features(sheet):
    """A style sheet as a browser reads it that knows neither `:has` nor `color-mix`: it drops what uses them."""
    sheet = re.sub(r"[^{}]*:has\([^{}]*\{[^{}]*\}", "", sheet)
    return re.sub(r"[\w-]+\s*:[^;{}]*color-mix\([^;{}]*;?", "", sheet)


@pytest.mark.parametrize("path", OLDER)
def test_page_without_newer_style_features_keeps_to_wcag(path, page_as, site):
    watched = page_as("officer")

    def older(route):
        response = route.fetch()
        route.fulfill(response=response, body=without_newer_features(response.text()))

    watched.page.route("**/*.css", older)
    watched.page.goto(path.format_map(site.ids))

    assert watched.page.locator("h1").count() == 1
    assert watched.page.evaluate("document.documentElement.scrollWidth") <= 1440
    assert watched.violations() == []
    assert watched.complaints == []

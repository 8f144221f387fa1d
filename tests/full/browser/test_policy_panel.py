"""The panel of a policy's page: an enterprise chosen or facts typed, and the verdict beside the clauses."""

import pytest
from playwright.sync_api import expect

POLICY = "/policies/hnte/"
CLAUSES = "#try-answer .tried-clause"
STAFF = "[name='fact.staff_total@2025']"


def open_fields(page):
    page.locator(".try-facts > summary").click()
    expect(page.locator(STAFF)).to_be_visible()


def test_chosen_enterprise_is_judged_in_place_and_the_focus_stays(page_as, site):
    watched = page_as("officer")
    page = watched.page
    page.goto(POLICY)
    expect(page.locator(CLAUSES)).to_have_count(0)

    page.locator("#t-q").fill("常州")
    page.keyboard.press("Tab")
    expect(page.locator("#t-s option")).not_to_have_count(1)
    expect(page.locator("#t-s")).to_be_focused()
    name = page.locator("#t-s option").nth(1).inner_text()
    page.locator("#t-s").select_option(index=1)

    expect(page.locator(".try-whose")).to_contain_text(name)
    expect(page.locator(CLAUSES)).not_to_have_count(0)
    expect(page.locator("#t-s")).to_be_focused()
    expect(page.locator("#t-q")).to_have_value("常州")
    assert page.url == f"{site.address}{POLICY}"
    assert watched.violations() == []
    assert watched.complaints == []


def test_typed_fact_is_judged_when_it_is_left_and_nothing_typed_is_lost(page_as):
    watched = page_as("officer", view="phone")
    page = watched.page
    page.goto(POLICY)
    open_fields(page)

    page.locator(STAFF).fill("many")
    page.keyboard.press("Tab")
    expect(page.locator("#try-answer .err")).to_contain_text("看不懂“many”")
    page.locator(STAFF).fill("100")
    page.keyboard.press("Tab")
    expect(page.locator("#try-answer .err")).to_have_count(0)
    page.locator("[name='fact.tech_staff@2025']").fill("7")
    page.keyboard.press("Tab")

    expect(page.locator("#try-answer .gap").filter(has_text="3 人").first).to_be_visible()
    expect(page.locator(STAFF)).to_have_value("100")
    assert watched.violations() == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert watched.complaints == []


def test_panel_works_without_scripts(page_as):
    page = page_as("officer", javascript=False).page
    page.goto(POLICY)
    page.locator("#t-q").fill("常州")
    with page.expect_navigation():
        page.locator(".try-ask button").click()
    name = page.locator("#t-s option").nth(1).inner_text()
    page.locator("#t-s").select_option(index=1)
    with page.expect_navigation():
        page.locator(".try-ask button").click()
    expect(page.locator(".try-whose")).to_contain_text(name)
    expect(page.locator(CLAUSES)).not_to_have_count(0)

    open_fields(page)
    page.locator(STAFF).fill("many")
    with page.expect_navigation():
        page.locator(".try-facts button").click()
    expect(page.locator(STAFF)).to_have_value("many")
    expect(page.locator(STAFF)).to_have_attribute("aria-invalid", "true")
    expect(page.locator(".try-whose")).to_contain_text(name)


def test_former_address_of_the_panel_leads_to_it(page_as, site):
    page = page_as("officer").page
    page.goto(f"{POLICY}try/?subject={site.ids['firm']}")

    assert page.url == f"{site.address}{POLICY}?subject={site.ids['firm']}#try"
    expect(page.locator(CLAUSES)).not_to_have_count(0)
    expect(page.locator("#try")).to_be_in_viewport()


_WIDTHS = """select => {
    const look = getComputedStyle(select), pen = document.createElement("canvas").getContext("2d");
    pen.font = look.font;
    const room = select.clientWidth - parseFloat(look.paddingLeft) - parseFloat(look.paddingRight);
    return [...select.options].map(option => [option.text, pen.measureText(option.text).width <= room]);
}"""


@pytest.mark.parametrize("view", ["light", "phone"])
@pytest.mark.parametrize("policy", ["hnte", "srdi_sme"])
def test_every_version_is_read_whole_where_it_is_chosen(policy, view, page_as):
    page = page_as("officer", view=view).page
    page.goto(f"/policies/{policy}/")

    versions = page.locator("#t-v").evaluate(_WIDTHS)

    assert versions
    assert [text for text, is_whole in versions if not is_whole] == []

"""Filters on a phone: the words to search for stand, the rest opens by a box that needs no script."""

import pytest
from playwright.sync_api import expect

REST = "main form.filters select"


@pytest.mark.parametrize("path", ["/enterprises/", "/imports/batches/"])
def test_filters_are_folded_on_a_phone_and_open_without_scripts(path, page_as):
    page = page_as("officer", view="phone", javascript=False).page
    page.goto(path)
    assert page.locator("main form.filters input[type=search]").is_visible()
    assert page.locator(REST).count() > 1
    assert not page.locator(REST).last.is_visible()

    page.locator("label[for=filters-open]").click()

    expect(page.locator(REST).last).to_be_visible()


def test_filters_that_are_set_are_shown_on_a_phone(page_as):
    watched = page_as("officer", view="phone")
    watched.page.goto("/enterprises/?policy=hnte")

    assert watched.page.locator(REST).last.is_visible()
    assert watched.violations() == []


def test_filters_are_never_folded_on_a_wide_page(page_as):
    page = page_as("officer").page
    page.goto("/enterprises/")

    assert page.locator(REST).last.is_visible()
    assert not page.locator("label[for=filters-open]").is_visible()

"""A file imported from upload to commit by keys alone, and pairs decided by keys; without scripts by forms."""

import re

import pytest
from tests.full.browser.test_working import tab_to

HEAD = "单位名称,社会信用代码,2025年科技人员数"
"""Unlike that of other files of the site, as what it means is remembered after the import."""
HEADING = re.compile(r"/imports/[0-9a-f]{32}/")
LEFT_EARLY = "net::ERR_ABORTED"
"""What the browser says of a page that it is told to load twice: a slow one is asked for again a second later."""

FOCUS = """() => {
  const at = document.activeElement, style = getComputedStyle(at);
  return {id: at.id, tag: at.tagName, outline: style.outlineStyle, width: parseFloat(style.outlineWidth)};
}"""


def focus_of(page):
    """What has the focus, and whether that can be seen."""
    found = page.evaluate(FOCUS)
    return found["id"], found["outline"] != "none" and found["width"] >= 2


def press_on(page, selector, key="Enter"):
    """Reach an element by Tab, see that the focus shows, and press a key on it."""
    tab_to(page, selector)
    assert focus_of(page)[1], f"the focus on {selector} cannot be seen"
    page.keyboard.press(key)


def wait_for_focus(page, name):
    page.wait_for_function("name => document.activeElement.id === name", arg=name)
    assert focus_of(page) == (name, True)


def like_a_known_one(page):
    """A known firm's name without its city, so that a person has to say who is meant; none that waits already."""
    page.goto("/imports/queue/")
    waiting = page.locator("main").inner_text()
    page.goto("/enterprises/?q=常州")
    names = page.locator("main tbody tr a").all_inner_texts()
    found = [name for name in names if re.match("常州(?!市)", name) and name[2:] not in waiting]
    return found[0][2:]


def content_of(*rows):
    return "\n".join([HEAD, *rows]).encode("utf-8-sig")


def upload_by_keys(page, rows):
    page.goto("/imports/")
    press_on(page, "main a[href='/imports/new/']")
    page.wait_for_url("**/imports/new/")
    with page.expect_file_chooser() as chooser:
        press_on(page, "#files", "Space")
    file = {"name": "键盘台账.csv", "mimeType": "text/csv", "buffer": content_of(*rows)}
    chooser.value.set_files(file)
    choose_by_keys(page, "#source", "tax")
    press_on(page, "main form button[type=submit]")
    page.wait_for_url(HEADING)
    wait_for_focus(page, "now")


def choose_by_keys(page, selector, value):
    """Go down a list of choices until one is chosen."""
    tab_to(page, selector)
    assert focus_of(page)[1]
    for _ in range(50):
        if page.evaluate("document.activeElement.value") == value:
            return
        page.keyboard.press("ArrowDown")
    pytest.fail(f"{value} is not offered by {selector}")


def map_by_keys(page, watched):
    press_on(page, "a[href*='/columns/']")
    page.wait_for_url("**/columns/**")
    assert watched.violations() == []
    choose_by_keys(page, "select[id$='-metric']", "tech_staff")
    press_on(page, "main form.stack button[type=submit]")
    page.wait_for_url(HEADING)
    wait_for_focus(page, "now")


def wait_for_check(page, watched):
    """The page reloads by itself when the check has ended, with the focus on what it found."""
    page.wait_for_selector("#commit", timeout=90_000)
    wait_for_focus(page, "now")
    assert watched.violations() == []


def correct_by_keys(page):
    tab_to(page, "input[name^='fix-']")
    page.keyboard.press("Control+a")
    page.keyboard.type("30")
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_file_is_imported_from_upload_to_commit_by_keys_alone(page_as, site):
    watched = page_as("officer")
    page = watched.page
    rows = [f"{like_a_known_one(page)},,31", "常州萌新设备有限公司,91320412MA9999991W,约三十"]
    upload_by_keys(page, rows)
    map_by_keys(page, watched)
    press_on(page, "form[action$='/check/'] button")
    wait_for_check(page, watched)

    correct_by_keys(page)
    wait_for_check(page, watched)
    assert page.locator("input[name^='fix-']").count() == 0

    tab_to(page, "[data-row] button")
    with page.expect_navigation():
        page.keyboard.press("y")
    wait_for_focus(page, "pairs-end")
    assert page.locator("[data-row] .tag").all_inner_texts() == ["同一家"]
    press_on(page, "form[action$='/check/'] button")
    wait_for_check(page, watched)

    press_on(page, "a[href='#commit']")
    wait_for_focus(page, "commit")
    page.keyboard.press("Enter")
    page.wait_for_selector(".note.ok", timeout=90_000)
    wait_for_focus(page, "now")
    assert page.locator(".note.ok a[href*='/imports/batches/']").count() == 1
    assert watched.violations() == []
    assert [each for each in watched.complaints if not each.endswith(LEFT_EARLY)] == []


def test_pairs_of_the_queue_are_walked_and_decided_by_single_keys(page_as, site):
    watched = page_as("officer")
    page = watched.page
    page.goto("/imports/queue/")
    rows = page.locator("[data-row]").evaluate_all("rows => rows.map(row => row.id)")
    assert len(rows) >= 3

    page.keyboard.press("n")
    assert page.url.endswith("/imports/queue/")
    tab_to(page, "[data-row] a")
    page.keyboard.press("j")
    wait_for_focus(page, rows[1])
    page.keyboard.press("k")
    wait_for_focus(page, rows[0])
    tab_to(page, "[data-row] input[name=why]")
    page.keyboard.type("ny jk")
    assert page.locator("[data-row] input[name=why]").first.input_value() == "ny jk"
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("n")

    wait_for_focus(page, rows[1])
    left = page.locator("[data-row]").evaluate_all("rows => rows.map(row => row.id)")
    assert rows[0] not in left
    assert page.locator(".note.ok").count() == 1
    assert watched.violations() == []
    with page.expect_navigation():
        press_on(page, ".note.ok button")
    wait_for_focus(page, "result")
    assert watched.complaints == []


def test_pair_is_decided_without_scripts(page_as, site):
    page = page_as("officer", javascript=False).page
    page.goto("/imports/queue/")
    first = page.locator("[data-row]").first.get_attribute("id")

    page.locator("[data-row] button[value=different]").first.click()

    assert page.locator(".note.ok").count() == 1
    page.locator(".note.ok button").click()
    assert page.locator("h1").inner_text() == "待辨认"
    assert first.startswith("pair-")


# ── without scripts ───────────────────────────────────────────────────────────────────────────────────────────

PLAIN_HEAD = "单位名称,社会信用代码,2025年科技人员数,2025年职工总数"
KNOWN_CODE = re.compile("[0-9A-Z]{18}")


def known_firms(page, count):
    """Names and codes of firms that the register knows."""
    page.goto("/enterprises/")
    rows = page.locator("main tbody tr").all()
    coded = [(row, KNOWN_CODE.search(row.inner_text())) for row in rows]
    return [(row.locator("a").first.inner_text(), code[0]) for row, code in coded if code][:count]


def upload_plainly(page, rows):
    page.goto("/imports/")
    page.click("main a[href='/imports/new/']")
    content = "\n".join([PLAIN_HEAD, *rows]).encode("utf-8-sig")
    page.set_input_files("#files", {"name": "无脚本台账.csv", "mimeType": "text/csv", "buffer": content})
    page.select_option("#source", "tax")
    page.click("main form button[type=submit]")
    assert HEADING.search(page.url)


def check_plainly(page):
    """Ask for the check; the page that tells how far it is loads itself anew until it has ended."""
    page.wait_for_selector("#commit", timeout=90_000)


def row_of(page, name):
    return page.locator("tr", has=page.locator(f"th:has-text('{name}')")).filter(
        has=page.locator("[name^=seen-]")
    )


def test_file_is_imported_from_upload_to_batch_without_scripts(page_as, site):
    page = page_as("officer", javascript=False).page
    like = like_a_known_one(page)
    (doubted, doubted_code), (unread, unread_code) = known_firms(page, 2)
    new = "常州无声设备有限公司"
    rows = [
        f"{doubted},{doubted_code},22,20",
        f"{unread},{unread_code},3,不详",
        f"{new},,约三,30",
        f"{like},,3,31",
    ]

    upload_plainly(page, rows)
    page.click("a[href*='/columns/']")
    for at, metric in enumerate(("tech_staff", "staff_total"), start=2):
        field = page.locator(f"[name=c{at}-metric]")
        if field.count():
            field.select_option(metric)
    page.click("main form.stack button[type=submit]")
    page.click("form[action$='/check/'] button")
    check_plainly(page)
    before = page.locator("[name^=seen-]").count()
    assert before == 3

    row_of(page, doubted).locator("[name^=keep-]").check()
    page.click("form[action$='/correct/'] button[type=submit]")
    assert "请写明为什么属实" in page.locator("#refused").inner_text()
    assert row_of(page, doubted).locator("[name^=keep-]").is_checked()
    row_of(page, doubted).locator("[name^=why-]").fill("外派人员计入")
    row_of(page, unread).locator("[name^=skip-]").check()
    row_of(page, new).locator("[name^=fix-]").fill("3")
    page.click("form[action$='/correct/'] button[type=submit]")
    check_plainly(page)
    assert page.locator("[name^=seen-]").count() == 0

    page.click("a[href$='/corrections/']")
    assert sorted(page.locator("main tbody tr .tag").all_inner_texts()) == [
        "属实，保留",
        "改写",
        "跳过这一行",
    ]
    page.locator("main tbody tr", has_text="跳过这一行").locator("form button").click()
    check_plainly(page)
    assert page.locator("[name^=seen-]").count() == 1

    page.locator("[data-row] button[value=same]").click()
    assert page.locator("[data-row] .tag").all_inner_texts() == ["同一家"]
    page.click("#commit")
    page.wait_for_selector(".note.ok a[href*='/imports/batches/']", timeout=90_000)
    page.click(".note.ok a[href*='/imports/batches/']")
    assert "无脚本台账.csv" in page.locator("main dl").inner_text()
    told = page.locator("section[aria-labelledby=h-cor] tbody tr").all_inner_texts()
    assert len(told) == 2
    assert any("外派人员计入" in each for each in told)


@pytest.mark.parametrize("view", ["light", "dark", "phone"])
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    "path",
    ["/imports/queue/accept/?least=90", "/imports/split/{firm}/", "/imports/queue/decisions/?standing=holds"],
)
def test_page_of_deciding_keeps_to_wcag(path, view, language, page_as, site):
    watched = page_as("officer", view=view, language=language)
    watched.page.goto(path.format_map(site.ids))

    assert watched.page.locator("h1").count() == 1
    assert watched.violations() == []
    assert watched.complaints == []
    if language == "en":
        assert watched.chinese(site.received, "td form") == []
    if view == "phone":
        assert watched.page.evaluate("document.documentElement.scrollWidth") <= 390

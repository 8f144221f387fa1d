"""A file imported from upload to commit by keys alone, and pairs decided by keys; without scripts by forms."""

import re
import time

import pytest
from playwright.sync_api import expect
from tests.full.browser.opening import PATIENCE
from tests.full.browser.test_working import tab_to

HEAD = "单位名称,社会信用代码,2025年科技人员数"
"""Unlike that of other files of the site, as what it means is remembered after the import."""
INTAKE = re.compile(r"/imports/[0-9a-f]{32}/([?#].*)?$")
LEFT_EARLY = "net::ERR_ABORTED"
"""What the browser says of a page that it is told to load twice: a slow one is asked for again a second later."""
COMMIT = "main #commit"
ROWS_TO_MEND = "main [name^=seen-]"
IMPORTED = "main .note.ok a[href*='/imports/batches/']"

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


def leave_by(page, selector):
    """Press Enter on an element that leads to another page, and wait until that one is there."""
    with page.expect_navigation():
        press_on(page, selector)


def wait_for_focus(page, name):
    expect(page.locator(f"[id='{name}']")).to_be_focused()
    assert focus_of(page) == (name, True)


def ids_of_rows(page):
    return page.locator("[data-row]").evaluate_all("rows => rows.map(row => row.id)")


def like_a_known_one(page):
    """A known firm's name without its city, so that a person has to say who is meant; none that waits already."""
    page.goto("/imports/queue/")
    waiting = page.locator("main").inner_text()
    page.goto("/enterprises/?q=常州")
    names = page.locator("main tbody tr a").all_inner_texts()
    found = [name for name in names if re.match("常州(?!市)", name) and name[2:] not in waiting]
    return found[0][2:]


def wait_until_listed(page, rows):
    """Look at the queue until it has these rows: a decision taken back is there once the worker has listed anew."""
    until = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < until:
        page.goto("/imports/queue/")
        if ids_of_rows(page) == rows:
            return
        time.sleep(1)
    pytest.fail(f"the queue has {ids_of_rows(page)}, not {rows}")


def content_of(*rows):
    return "\n".join([HEAD, *rows]).encode("utf-8-sig")


def upload_by_keys(page, rows):
    page.goto("/imports/")
    leave_by(page, "main a[href='/imports/new/']")
    expect(page).to_have_url(re.compile("/imports/new/$"))
    with page.expect_file_chooser() as chooser:
        press_on(page, "#files", "Space")
    file = {"name": "键盘台账.csv", "mimeType": "text/csv", "buffer": content_of(*rows)}
    chooser.value.set_files(file)
    choose_by_keys(page, "#source", "tax")
    leave_by(page, "main form button[type=submit]")
    expect(page).to_have_url(INTAKE)
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
    leave_by(page, "a[href*='/columns/']")
    expect(page).to_have_url(re.compile("/columns/"))
    assert watched.violations() == []
    choose_by_keys(page, "select[id$='-metric']", "tech_staff")
    leave_by(page, "main form.stack button[type=submit]")
    expect(page).to_have_url(INTAKE)
    wait_for_focus(page, "now")


def wait_for_check(page, watched):
    """The page that tells how far it is loads itself anew at the end, with the focus on what was found."""
    expect(page.locator(COMMIT)).to_be_visible()
    wait_for_focus(page, "now")
    assert watched.violations() == []


def correct_by_keys(page):
    tab_to(page, "input[name^='fix-']")
    page.keyboard.press("Control+a")
    page.keyboard.type("30")
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_file_is_imported_from_upload_to_commit_by_keys_alone(own_page_as):
    watched = own_page_as("officer")
    page = watched.page
    rows = [f"{like_a_known_one(page)},,31", "常州萌新设备有限公司,91320412MA9999991W,约三十"]
    upload_by_keys(page, rows)
    map_by_keys(page, watched)
    leave_by(page, "form[action$='/check/'] button")
    wait_for_check(page, watched)

    correct_by_keys(page)
    wait_for_check(page, watched)
    expect(page.locator("input[name^='fix-']")).to_have_count(0)

    tab_to(page, "[data-row] button")
    with page.expect_navigation():
        page.keyboard.press("y")
    wait_for_focus(page, "pairs-end")
    expect(page.locator("[data-row] .tag")).to_have_text(["同一家"])
    leave_by(page, "form[action$='/check/'] button")
    wait_for_check(page, watched)

    press_on(page, "a[href='#commit']")
    wait_for_focus(page, "commit")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator(IMPORTED)).to_have_count(1)
    wait_for_focus(page, "now")
    assert watched.violations() == []
    assert [each for each in watched.complaints if not each.endswith(LEFT_EARLY)] == []


def test_pairs_of_the_queue_are_walked_and_decided_by_single_keys(own_page_as):
    watched = own_page_as("officer")
    page = watched.page
    page.goto("/imports/queue/")
    rows = ids_of_rows(page)
    assert len(rows) >= 3, "the demo district has to leave three pairs at least to be told apart"

    page.keyboard.press("n")
    tab_to(page, "[data-row] a")
    page.keyboard.press("j")
    wait_for_focus(page, rows[1])
    page.keyboard.press("k")
    wait_for_focus(page, rows[0])
    tab_to(page, "[data-row] input[name=why]")
    page.keyboard.type("ny jk")
    expect(page.locator("[data-row] input[name=why]").first).to_have_value("ny jk")
    assert ids_of_rows(page) == rows
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("n")

    wait_for_focus(page, rows[1])
    expect(page.locator(".note.ok")).to_have_count(1)
    assert ids_of_rows(page) == rows[1:]
    assert watched.violations() == []
    leave_by(page, ".note.ok button")
    wait_for_focus(page, "result")
    wait_until_listed(page, rows)
    assert watched.complaints == []


def test_pair_is_decided_without_scripts(own_page_as):
    page = own_page_as("officer", javascript=False).page
    page.goto("/imports/queue/")
    rows = ids_of_rows(page)
    assert rows
    assert rows[0].startswith("pair-")

    click_through(page, page.locator("[data-row] button[value=different]").first)
    expect(page.locator(".note.ok")).to_have_count(1)
    assert ids_of_rows(page) == rows[1:]

    click_through(page, page.locator(".note.ok button"))
    expect(page.locator("h1")).to_have_text("待辨认")
    wait_until_listed(page, rows)


# ── without scripts ───────────────────────────────────────────────────────────────────────────────────────────

PLAIN_HEAD = "单位名称,社会信用代码,2025年科技人员数,2025年职工总数"
KNOWN_CODE = re.compile("[0-9A-Z]{18}")


def click_through(page, element):
    """Click on what leads to another page, and wait until that one is there."""
    with page.expect_navigation():
        element.click()


def known_firms(page, count):
    """Names and codes of firms that the register knows."""
    page.goto("/enterprises/")
    rows = page.locator("main tbody tr").all()
    coded = [(row, KNOWN_CODE.search(row.inner_text())) for row in rows]
    return [(row.locator("a").first.inner_text(), code[0]) for row, code in coded if code][:count]


def upload_plainly(page, rows):
    page.goto("/imports/")
    click_through(page, page.locator("main a[href='/imports/new/']"))
    content = "\n".join([PLAIN_HEAD, *rows]).encode("utf-8-sig")
    page.set_input_files("#files", {"name": "无脚本台账.csv", "mimeType": "text/csv", "buffer": content})
    page.select_option("#source", "tax")
    click_through(page, page.locator("main form button[type=submit]"))
    expect(page).to_have_url(INTAKE)


def say_what_columns_mean(page):
    """Choose a meaning for each column that has none yet."""
    click_through(page, page.locator("a[href*='/columns/']").first)
    for at, metric in enumerate(("tech_staff", "staff_total"), start=2):
        field = page.locator(f"[name=c{at}-metric]")
        if field.count():
            field.select_option(metric)
    click_through(page, page.locator("main form.stack button[type=submit]").first)


def check_plainly(page, element):
    """Ask for the check; the page that tells how far it is loads itself anew until it has ended."""
    click_through(page, element)
    expect(page.locator(COMMIT)).to_be_visible()


def row_of(page, name):
    return page.locator("tr", has=page.locator(f"th:has-text('{name}')")).filter(
        has=page.locator("[name^=seen-]")
    )


def test_file_is_imported_from_upload_to_batch_without_scripts(own_page_as):
    page = own_page_as("officer", javascript=False).page
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
    say_what_columns_mean(page)
    check_plainly(page, page.locator("form[action$='/check/'] button"))
    expect(page.locator(ROWS_TO_MEND)).to_have_count(3)

    save = page.locator("form[action$='/correct/'] button[type=submit]")
    row_of(page, doubted).locator("[name^=keep-]").check()
    click_through(page, save)
    expect(page.locator("#refused")).to_contain_text("请写明为什么属实")
    expect(row_of(page, doubted).locator("[name^=keep-]")).to_be_checked()
    row_of(page, doubted).locator("[name^=why-]").fill("外派人员计入")
    row_of(page, unread).locator("[name^=skip-]").check()
    row_of(page, new).locator("[name^=fix-]").fill("3")
    check_plainly(page, save)
    expect(page.locator(ROWS_TO_MEND)).to_have_count(0)

    click_through(page, page.locator("a[href$='/corrections/']"))
    dealt_with = page.locator("main tbody tr")
    assert sorted(dealt_with.locator(".tag").all_inner_texts()) == ["属实，保留", "改写", "跳过这一行"]
    check_plainly(page, dealt_with.filter(has_text="跳过这一行").locator("form button"))
    expect(page.locator(ROWS_TO_MEND)).to_have_count(1)

    click_through(page, page.locator("[data-row] button[value=same]"))
    expect(page.locator("[data-row] .tag")).to_have_text(["同一家"])
    click_through(page, page.locator(COMMIT))
    expect(page.locator(IMPORTED)).to_have_count(1)
    click_through(page, page.locator(IMPORTED))
    expect(page.locator("main dl").first).to_contain_text("无脚本台账.csv")
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

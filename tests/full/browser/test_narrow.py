"""What stands side by side keeps its place, however long the words of a language and however narrow the page."""

import pytest


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("view", ["light", "phone"])
def test_ground_below_the_steps_of_the_ladder_is_level_however_long_their_names(
    view, language, page_as, site
):
    page = page_as("officer", view=view, language=language).page
    page.goto(f"/enterprises/{site.ids['firm']}/")

    tops = page.locator(".rungs .bar").evaluate_all(
        "bars => bars.map(bar => Math.round(bar.getBoundingClientRect().top))"
    )

    assert len(tops) == 5
    assert len(set(tops)) == 1


@pytest.mark.parametrize("path", ["/enterprises/{firm}/", "/enterprises/{firm}/what-if/?policy=hnte"])
def test_words_of_a_verdict_never_lie_on_the_condition_on_a_phone(path, page_as, site):
    page = page_as("officer", view="phone", language="en").page
    page.goto(path.format_map(site.ids))

    rows = page.locator(".tbl.fold tr:has(.v):has(> th)").evaluate_all("""rows => rows.map(row => {
        const words = document.createRange(); words.selectNodeContents(row.querySelector("th"));
        const verdict = row.querySelector(".v").getBoundingClientRect();
        return [...words.getClientRects()].some(each => each.right > verdict.left && each.bottom > verdict.top
            && each.top < verdict.bottom && each.left < verdict.right);
    })""")

    assert rows
    assert not any(rows)

"""The top of the page: the forest, the outcomes of every policy, what to ask, what is known."""

from __future__ import annotations

from yumiao.model.outcomes import Outcome
from yumiao.report.charts import Rung, forest, outcome_bar, share_bar
from yumiao.report.markup import Html, body_row, head_row, table, tag, text
from yumiao.report.page_context import PageContext, anchor
from yumiao.report.questions import most_asked
from yumiao.report.summary import PolicySummary
from yumiao.report.wording import OUTCOMES, fact_label

QUESTIONS = 10
"""Questions that the page lists."""

FACTS = 10
"""Facts that the page lists, the least known ones."""


def overview_section(page: PageContext) -> Html:
    """Draw the forest, and the outcomes of every policy."""
    sub = page.say(
        "按符合家数由多到少；一家可同时符合多项",
        "the most widely met first; one subject may meet several",
    )
    return page.card("overview", sub, tag("div", _forest(page), class_="scroll"), _outcomes(page))


def _forest(page: PageContext) -> Html:
    rungs = [
        Rung(
            policy.title.words(page.language),
            policy.counts[Outcome.MET],
            policy.counts[Outcome.UNDETERMINED],
            page.say(
                f"另有 {policy.counts[Outcome.UNDETERMINED]:,} 家未定",
                f"{policy.counts[Outcome.UNDETERMINED]:,} undetermined",
            ),
        )
        for policy in page.summary.rungs()
    ]
    if not rungs:
        return ""
    told = "; ".join(f"{rung.title} {rung.met:,}, {rung.figures}" for rung in rungs)
    title = page.say("林相图：各项资质的符合家数", "The forest: how many meet each title")
    return forest(rungs, title, told, page.say("1 株 = {count} 家", "1 plant = {count}"))


def _outcomes(page: PageContext) -> Html:
    heads = [
        (page.say("政策", "Policy"), ""),
        (page.say("结论", "Outcomes"), ""),
        *((outcome.label.words(page.language), "num") for outcome in OUTCOMES),
        (page.say("接近达标", "Near misses"), "num"),
        (page.say("文号", "Document"), ""),
    ]
    rows = [_outcome_row(page, policy) for policy in page.summary.policies]
    caption = page.say(
        "各项政策的结论。条形：实心为符合，斜纹为未定，其余为不符合。",
        "Outcomes of each policy. Bars: solid is met, hatched undetermined, the rest not met.",
    )
    return table(caption, head_row(heads), rows)


def _outcome_row(page: PageContext, policy: PolicySummary) -> Html:
    met, open_, failed = (
        policy.counts[each] for each in (Outcome.MET, Outcome.UNDETERMINED, Outcome.NOT_MET)
    )
    bar = outcome_bar(met, open_, failed, page.told(met, failed, open_))
    version = policy.evaluated.policy
    name = tag("a", text(policy.title.words(page.language)), href=f"#{anchor(policy)}")
    if not policy.evaluated.in_force:
        name += " " + tag("span", text(page.say("非施行版本", "not in force")), class_="tag")
    classes = _class_counts(page, policy)
    cells = [
        (bar, ""),
        (tag("span", text(f"{met:,}"), class_="b"), "num"),
        (text(f"{failed:,}"), "num"),
        (text(f"{open_:,}"), "num"),
        (text(f"{policy.near_misses.len():,}"), "num"),
        (text(version.body.documents[0].number), "ink2 nw"),
    ]
    return body_row(name + classes, cells)


def _class_counts(page: PageContext, policy: PolicySummary) -> Html:
    counts = [f"{label.words(page.language)} {count:,}" for label, count in policy.classes.values()]
    return tag("div", text(" · ".join(counts)), class_="xs ink3") if counts else ""


def questions_section(page: PageContext) -> Html:
    """List what to ask first."""
    found = most_asked(page.lists.questions, QUESTIONS, page.language)
    entries = [
        tag(
            "li",
            tag("span", text(row["question"]), class_="b"),
            tag(
                "span",
                text(page.say(f"{row['verdicts']:,} 个未定", f"{row['verdicts']:,} open")),
                class_="tag pine",
            ),
            tag("small", text(row["policy"])),
        )
        for row in found.iter_rows(named=True)
    ]
    sub = page.say("未定最多因它而起的在前", "what keeps the most verdicts open first")
    inside = tag("ol", *entries, class_="ask") if entries else page.nothing()
    return page.card("ask", sub, inside)


def coverage_section(page: PageContext) -> Html:
    """List the least known facts."""
    total = max(1, page.summary.subjects)
    rows = []
    for each in page.summary.coverage[:FACTS]:
        share = each.known / total
        told = page.say(f"{each.known:,} 家已知", f"known of {each.known:,}")
        label = fact_label(each.metric, each.year, page.language)
        cells = [
            (share_bar(share, told), ""),
            (text(f"{each.known:,}"), "num"),
            (text(each.policies), "num"),
        ]
        rows.append(body_row(text(label), cells))
    heads = [
        (page.say("事实", "Fact"), ""),
        (page.say("已知", "Known"), ""),
        (page.say("家数", "Subjects"), "num"),
        (page.say("用到的政策", "Policies"), "num"),
    ]
    caption = page.say(
        f"政策要用而最缺的{len(rows)}项事实", f"The {len(rows)} least known facts that policies ask for"
    )
    return page.card(
        "coverage",
        page.say("缺得最多的在前", "the least known first"),
        table(caption, head_row(heads), rows),
    )

"""The policies of the page: every condition with how it came out."""

from __future__ import annotations

from collections.abc import Iterable

from yumiao.model.text import Text
from yumiao.report.charts import outcome_bar
from yumiao.report.markup import Html, body_row, head_row, table, tag, text
from yumiao.report.page_context import PageContext, anchor
from yumiao.report.summary import ConditionCount, PolicySummary
from yumiao.report.wording import OUTCOMES


def policies_section(page: PageContext) -> Html:
    """Show every policy with its conditions."""
    heading = tag("h2", text(dict(page.sections())["policies"]), id="policies")
    return tag("section", heading, aria_labelledby="policies") + "".join(
        _policy(page, policy) for policy in page.summary.policies
    )


def _policy(page: PageContext, policy: PolicySummary) -> Html:
    version = policy.evaluated.policy
    counts = tag(
        "span",
        *(
            tag(
                "span",
                text(f"{outcome.label.words(page.language)} {policy.counts[outcome]:,}"),
                class_=f"v v-{outcome.value}",
            )
            for outcome in OUTCOMES
        ),
        class_="counts",
    )
    summary = tag("summary", tag("h3", text(policy.title.words(page.language))), counts)
    documents = "；".join(f"{each.number} {each.zh}".strip() for each in version.body.documents)
    doc = tag("p", text(f"{documents} · {version.id}"), class_="doc sub")
    inside = (
        _conditions(page, policy.conditions, policy.title) if policy.conditions else _classes(page, policy)
    )
    return tag("details", summary, doc, inside, class_="card policy", id=anchor(policy), open="")


def _conditions(page: PageContext, conditions: Iterable[ConditionCount], title: Text) -> Html:
    heads = [
        (page.say("条件", "Condition"), ""),
        (page.say("依据", "Clause"), ""),
        (page.say("结论", "Outcomes"), ""),
        *((outcome.label.words(page.language), "num") for outcome in OUTCOMES),
        (page.say("可判定", "Decided"), "num"),
    ]
    rows = []
    for each in conditions:
        cells = [
            (text(each.citation.clause), "cite"),
            (
                outcome_bar(each.met, each.open, each.not_met, page.told(each.met, each.not_met, each.open)),
                "",
            ),
            (text(f"{each.met:,}"), "num"),
            (text(f"{each.not_met:,}"), "num"),
            (text(f"{each.open:,}"), "num"),
            (text(f"{each.decided:.0%}"), "num"),
        ]
        rows.append(body_row(tag("span", text(each.text.words(page.language)), class_="clause"), cells))
    caption = page.say(f"{title.zh}：逐条结论", f"{title.words('en')}: each condition")
    return table(caption, head_row(heads), rows)


def _classes(page: PageContext, policy: PolicySummary) -> Html:
    heads = [(page.say("类别", "Class"), ""), (page.say("已定家数", "Certainly of it"), "num")]
    rows = [
        body_row(text(label.words(page.language)), [(text(f"{count:,}"), "num")])
        for label, count in policy.classes.values()
    ]
    return table(policy.title.words(page.language), head_row(heads), rows)

"""What every section of the page needs: the run, its lists, the language, and how a section looks."""

from __future__ import annotations

from dataclasses import dataclass

from yumiao.model.text import Language, Text
from yumiao.report.lists import Lists
from yumiao.report.markup import Html, tag, text
from yumiao.report.summary import PolicySummary, Summary


@dataclass(frozen=True)
class PageContext:
    """One page being made."""

    summary: Summary
    lists: Lists
    notice: Text

    @property
    def language(self) -> Language:
        return self.lists.language

    def say(self, zh: str, en: str) -> str:
        """Return the words in the language of the page."""
        return zh if self.language == "zh" else en

    def sections(self) -> list[tuple[str, str]]:
        """Return the anchors of the sections with their titles."""
        contested = (
            [] if self.lists.contested.is_empty() else [("contested", self.say("来源不一致", "Contested"))]
        )
        return [
            ("overview", self.say("总览", "Overview")),
            ("ask", self.say("待问", "Questions")),
            ("near", self.say("接近达标", "Near misses")),
            *contested,
            ("policies", self.say("逐项政策", "Policies")),
            ("coverage", self.say("资料覆盖", "Coverage")),
            ("problems", self.say("问题", "Problems")),
            ("receipt", self.say("凭据", "Receipt")),
        ]

    def card(self, name: str, sub: str, *inside: Html) -> Html:
        """Return a section with its title and a remark beside it."""
        label = dict(self.sections())[name]
        head = tag(
            "div", tag("h2", text(label), id=name), tag("span", text(sub), class_="sub"), class_="card-h"
        )
        return tag("section", head, *inside, class_="card", aria_labelledby=name)

    def nothing(self) -> Html:
        """Say that a section has nothing to show."""
        return tag("p", text(self.say("没有。", "None.")), class_="card-b ink3")

    def told(self, met: int, not_met: int, open_: int) -> str:
        """Say three counts in words, for drawings."""
        return self.say(
            f"符合 {met:,}，不符合 {not_met:,}，未定 {open_:,}",
            f"met {met:,}, not met {not_met:,}, undetermined {open_:,}",
        )


def anchor(policy: PolicySummary) -> str:
    """Name the place of a policy on the page."""
    return f"policy-{policy.evaluated.policy.family}"

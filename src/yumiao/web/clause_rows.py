"""The rows of a verdict's clauses, written by hand: as templates they would be most of what a profile costs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext

from yumiao.model.outcomes import OUTCOME_LABELS, Outcome
from yumiao.model.text import Language, Text
from yumiao.rules.answers import Condition, Fact
from yumiao.web.templatetags.words import outcome_class, period_words, reader_language
from yumiao.web.verdicts import ShownCondition

_DASH = "—"
_FEW_SOURCES = 2
"""Of more facts the sources are folded away."""


def draw_clauses(conditions: Iterable[ShownCondition]) -> SafeString:
    """Return the rows of the table's body, a condition each; empty where there are none."""
    drawing = _Drawing.begin()
    drawn = "".join(drawing.row(each) for each in conditions)
    return mark_safe(drawn)  # noqa: S308 - every word that came in is escaped where it is put


@dataclass(frozen=True)
class _Drawing:
    """The words that every row says, looked up once."""

    language: Language
    outcomes: dict[Outcome, str]
    value: str
    threshold: str
    gap: str
    basis: str
    source: str
    lacks: str
    and_: str
    derived: str

    @staticmethod
    def begin() -> _Drawing:
        language = reader_language()
        return _Drawing(
            language,
            {
                each: f'<tr class="vrow-{outcome_class(each)}"><td class="vd"><span class="v v-{outcome_class(each)}">'
                f'{escape(label.words(language))}</span></td><th scope="row">'
                for each, label in OUTCOME_LABELS.items()
            },
            gettext("现值"),
            gettext("门槛"),
            gettext("差距"),
            gettext("依据"),
            gettext("来源"),
            gettext("缺"),
            gettext("、"),
            gettext("推得"),
        )

    def row(self, shown: ShownCondition) -> str:
        """One condition: outcome, words, value, threshold, gap, clause, where its facts come from."""
        condition = shown.condition
        return (
            f"{self.outcomes[condition.outcome]}{self.said(condition.text)}</th>\n"
            f"{self.hidden(shown) if shown.is_hidden else self.figures(condition)}\n"
            f'<td data-l="{self.basis}"><span class="cite">{escape(condition.cite)}</span></td>\n'
            f'<td data-l="{self.source}">{"" if shown.is_hidden else self.sources(condition.facts)}</td></tr>\n'
        )

    def said(self, text: Text) -> str:
        """Words in the reader's language, escaped."""
        return escape(text.words(self.language))

    def named(self, name: Text, period: str) -> str:
        """A fact's name and its period; the name alone of what holds at present."""
        return f"{self.said(name)} {period_words(period)}".rstrip()

    def hidden(self, shown: ShownCondition) -> str:
        """Whose data is not shown."""
        return f'<td colspan="3" data-l="{self.value}" class="ink3">{self.said(shown.hidden_words)}</td>'

    def figures(self, condition: Condition) -> str:
        """Value, threshold and gap; of an open condition which facts are missing."""
        value, threshold, gap = _DASH, _DASH, _DASH
        if condition.value is not None:
            value = self.said(condition.value.label)
        elif condition.missing:
            value = self.lacks
        if condition.threshold is not None:
            threshold = self.said(condition.threshold.label)
        if condition.gap is not None:
            gap = self.said(condition.gap.text)
        elif condition.missing:
            missing = (self.named(fact.name, fact.period) for fact in condition.missing)
            gap = f"{self.lacks} {self.and_.join(missing)}"
        return (
            f'<td class="tn" data-l="{self.value}">{value}</td>'
            f'<td class="tn" data-l="{self.threshold}">{threshold}</td>'
            f'<td class="gap" data-l="{self.gap}">{gap}</td>'
        )

    def sources(self, facts: tuple[Fact, ...]) -> str:
        """Each fact with its cell; of many folded away."""
        drawn = "".join(map(self.fact, facts))
        if len(facts) <= _FEW_SOURCES:
            return drawn or _DASH
        counted = ngettext("%(n)s 项事实", "%(n)s 项事实", len(facts)) % {"n": len(facts)}
        return f'<details class="sources"><summary>{counted}</summary>{drawn}</details>'

    def fact(self, fact: Fact) -> str:
        """One fact: its value, and the cell that it came from."""
        label = f"{self.named(fact.name, fact.period)}: {self.said(fact.label)}"
        if fact.source is None:
            return f'<div class="xs">{label} <span class="ink3">← {self.derived}</span></div>\n'
        parts = (fact.source.file, fact.source.sheet, fact.source.cell)
        cell = " ".join(escape(part or "") for part in parts)
        return f'<div class="xs">{label} <span class="ink3" lang="zh-CN">← {cell}</span></div>\n'

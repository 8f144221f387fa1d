"""The rows of the list of enterprises, written by hand: as a template they would be most of what the page costs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from yumiao.district.registry.selectors import HeldTitle, ListedSubject, ListedVerdict
from yumiao.model.outcomes import OUTCOME_LABELS, Outcome
from yumiao.model.text import Language
from yumiao.web.templatetags.words import held_words, outcome_class, reader_language

_DASH = "—"


def draw_rows(rows: Iterable[ListedSubject], *, is_of_policy: bool) -> SafeString:
    """Return the rows of the table's body; empty where there are none.

    Args:
        is_of_policy: whether the rows bear the verdict of one policy; else tallies, near misses and titles.
    """
    drawing = _Drawing.begin()
    cells = drawing.verdict_cells if is_of_policy else drawing.short_cells
    drawn = "".join(f"<tr>\n{drawing.subject_cells(row)}\n{cells(row)}\n</tr>\n" for row in rows)
    return mark_safe(drawn)  # noqa: S308 - every word that came in is escaped where it is put


@dataclass(frozen=True)
class _Drawing:
    """The words that every row says, looked up once."""

    language: Language
    address: str
    outcomes: dict[Outcome, str]
    code: str
    place: str
    verdicts: str
    near: str
    titles: str
    until: str

    @staticmethod
    def begin() -> _Drawing:
        language = reader_language()
        return _Drawing(
            language,
            reverse("enterprise", args=["s"])[:-2],
            {each: escape(label.words(language)) for each, label in OUTCOME_LABELS.items()},
            gettext("代码"),
            gettext("属地"),
            gettext("结论"),
            gettext("差一步"),
            gettext("持有资质"),
            gettext("至"),
        )

    def subject_cells(self, row: ListedSubject) -> str:
        """Who and where."""
        return (
            f'<th scope="row"><a href="{self.address}{row.id}/">{escape(row.name or row.code or row.id)}</a></th>\n'
            f'<td class="tn" data-l="{self.code}">{escape(row.code or _DASH)}</td>\n'
            f'<td data-l="{self.place}">{escape(row.place or _DASH)}</td>'
        )

    def short_cells(self, row: ListedSubject) -> str:
        """How many verdicts of which outcome, near misses, titles held."""
        tallies = "".join(
            f'<span class="v v-{outcome_class(outcome)}">{self.outcomes[outcome]} {count}</span>'
            for outcome, count in row.tallies
        )
        near = "".join(
            f'<div><span class="b">{escape(each.title.words(self.language))}</span>'
            f" {escape(each.gap.words(self.language))}</div>"
            for each in row.near_misses
        )
        titles = "".join(
            f'<div class="held">{escape(each.label.words(self.language))}{self._until(each)}</div>'
            for each in row.titles
        )
        return (
            f'<td data-l="{self.verdicts}"><span class="tallies">{tallies}</span></td>\n'
            f'<td data-l="{self.near}">{near or _DASH}</td><td data-l="{self.titles}">{titles or _DASH}</td>'
        )

    def verdict_cells(self, row: ListedSubject) -> str:
        """The verdict of the policy chosen; dashes where the register has none."""
        drawn = "".join(self._verdict(each) for each in row.verdicts)
        return (drawn or f"<td>{_DASH}</td>" * 4) + "\n"

    def _verdict(self, verdict: ListedVerdict) -> str:
        contested = f' <span class="tag warn">{gettext("来源不一致")}</span>' if verdict.contested else ""
        near = ' class="gap"' if verdict.near_miss else ""
        granted, held = verdict.granted, _DASH
        if granted is not None:
            held = held_words(granted.held) + (self._until(granted) if granted.held else "")
        known = f"{verdict.known}/{verdict.needed}" if verdict.needed else gettext("未知")
        return (
            f'<td class="vd"><span class="v v-{outcome_class(verdict.outcome)}">'
            f"{self.outcomes[verdict.outcome]}</span>{contested}</td>"
            f'<td data-l="{gettext("差距")}"{near}>{escape(verdict.gap.words(self.language) or _DASH)}</td>'
            f'<td data-l="{gettext("资质")}">{held}</td>'
            f'<td class="tn" data-l="{gettext("已知事实")}">{known}</td>'
        )

    def _until(self, title: HeldTitle) -> str:
        if title.until is None:
            return ""
        return f' <span class="tn xs ink3">{self.until} {title.until.isoformat()}</span>'

"""The rows of all policies on a profile, written by hand: forty of them as a template cost more than their reading."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from urllib.parse import urlencode

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from yumiao.district.registry.selectors import HeldTitle
from yumiao.model.outcomes import OUTCOME_LABELS, REASON_LABELS, Outcome, Reason
from yumiao.model.text import Language, Text
from yumiao.web.profiles import PolicyVerdict
from yumiao.web.templatetags.words import held_words, outcome_class, reader_language

_DASH = "—"


def draw_verdicts(
    verdicts: Iterable[PolicyVerdict], chosen: str, query: Mapping[str, str], *, is_own: bool
) -> SafeString:
    """Return the rows of the table's body.

    Args:
        chosen: family of the policy that the page shows clause by clause.
        query: what the address of the page asks for; a row leads to the same page with its policy.
        is_own: whether the subject's own people read it: then titles and counts of facts are left out.
    """
    kept = {name: value for name, value in query.items() if value and name not in ("policy", "show")}
    drawing = _Drawing.begin(kept, is_own=is_own)
    drawn = "".join(drawing.row(each, is_chosen=each.family == chosen) for each in verdicts)
    return mark_safe(drawn)  # noqa: S308 - every word that came in is escaped where it is put


@dataclass(frozen=True)
class _Drawing:
    """The words that every row says, looked up once."""

    language: Language
    is_own: bool
    address: str
    outcomes: dict[Outcome, str]
    gap: str
    title: str
    facts: str
    until: str
    and_: str
    unknown: str
    near: str
    contested: str

    @staticmethod
    def begin(kept: Mapping[str, str], *, is_own: bool) -> _Drawing:
        language = reader_language()
        return _Drawing(
            language,
            is_own,
            escape("?" + "".join(f"{urlencode({name: value})}&" for name, value in kept.items())),
            {
                each: f'<tr class="vrow-{outcome_class(each)}"><td class="vd"><span class="v v-{outcome_class(each)}">'
                f"{escape(label.words(language))}</span></td>\n"
                for each, label in OUTCOME_LABELS.items()
            },
            gettext("差距"),
            gettext("资质"),
            gettext("已知事实"),
            gettext("至"),
            gettext("、"),
            gettext("未知"),
            f' <span class="tag warn">{gettext("差一步")}</span>',
            f' <span class="tag warn">{gettext("来源不一致")}</span>',
        )

    def row(self, each: PolicyVerdict, *, is_chosen: bool) -> str:
        """One policy: outcome, name, what is in the way; for the office the title and how much is known."""
        hindrance = self.said(each.short.hindrance) if each.short.hindrance is not None else ""
        return (
            f"{self.outcomes[each.short.outcome]}{self.name(each, is_chosen=is_chosen)}\n"
            f'<td data-l="{self.gap}">{hindrance or _DASH}</td>\n'
            f"{'' if self.is_own else self.standing(each)}</tr>\n"
        )

    def said(self, text: Text) -> str:
        """Words in the reader's language, escaped."""
        return escape(text.words(self.language))

    def name(self, each: PolicyVerdict, *, is_chosen: bool) -> str:
        """The policy, leading to its clauses, with what is to be noted of its verdict."""
        short, listed = each.short, each.listed
        current = ' aria-current="true"' if is_chosen else ""
        address = f"{self.address}{urlencode({'policy': each.family})}#clauses"
        tags = f' <span class="tag pine">{self.said(short.class_label)}</span>' if short.class_label else ""
        tags += f' <span class="tag">{self.said(short.route_label)}</span>' if short.route_label else ""
        if listed is not None:
            tags += (self.near if listed.near_miss else "") + (self.contested if listed.contested else "")
        if short.reasons:
            reasons = self.and_.join(self.said(REASON_LABELS[Reason(reason)]) for reason in short.reasons)
            tags += f'<div class="xs ink3">{reasons}</div>'
        return f'<th scope="row"><a href="{address}"{current}>{self.said(short.title)}</a>{tags}</th>'

    def standing(self, each: PolicyVerdict) -> str:
        """Whether the title is held that the policy grants, and how many of its facts are known."""
        listed, granted = each.listed, each.granted
        held = _DASH if granted is None else held_words(granted.held) + self.term(granted)
        known = f"{listed.known}/{listed.needed}" if listed is not None and listed.needed else self.unknown
        return f'<td data-l="{self.title}">{held}</td><td class="tn" data-l="{self.facts}">{known}</td>'

    def term(self, granted: HeldTitle) -> str:
        """Until when a title is held; nothing where nobody says."""
        if not granted.held or granted.until is None:
            return ""
        return f' <span class="tn xs ink3">{self.until} {granted.until.isoformat()}</span>'

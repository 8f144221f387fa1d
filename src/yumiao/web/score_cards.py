"""Scores as bars, written by hand: a policy of points has a dozen of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from yumiao.model.text import Language, Text
from yumiao.web.templatetags.words import reader_language
from yumiao.web.verdicts import ScoreBar


def draw_scores(scores: Iterable[tuple[ScoreBar, ...]]) -> SafeString:
    """Return a card for each score: its parts, and last the whole; empty where there are none."""
    drawing = _Drawing(
        reader_language(),
        gettext("得分"),
        gettext("门槛"),
        gettext("合计"),
        gettext("实心是现有事实能确定的分，虚线框是补齐后最多还能得的分，竖线是门槛。"),
    )
    drawn = "".join(drawing.card(bars) for bars in scores)
    return mark_safe(drawn)  # noqa: S308 - every word that came in is escaped where it is put


@dataclass(frozen=True)
class _Drawing:
    """The words that every card says, looked up once."""

    language: Language
    score: str
    limit: str
    total: str
    hint: str

    def card(self, bars: tuple[ScoreBar, ...]) -> str:
        """One score."""
        head = "".join(
            f'<h2>{self.said(bar.text)}</h2><span class="sub">{self.points(bar)}{self.needed(bar)}</span>'
            for bar in bars[-1:]
        )
        lines = "".join(
            self.line(bar, is_total=place == len(bars)) for place, bar in enumerate(bars, start=1)
        )
        return (
            f'<section class="card" aria-label="{self.score}"><div class="card-h">{head}</div><div class="card-b">\n'
            f'{lines}\n<p class="hint">{self.hint}</p></div></section>'
        )

    def said(self, text: Text) -> str:
        """Words in the reader's language, escaped."""
        return escape(text.words(self.language))

    def points(self, bar: ScoreBar) -> str:
        """The points, or the least and the most of them."""
        return bar.low if bar.low == bar.high else f"{bar.low}–{bar.high}"

    def needed(self, bar: ScoreBar) -> str:
        """How many points are asked for; nothing where none are."""
        return f" · {self.limit} {self.said(bar.limit)}" if bar.limit is not None else ""

    def line(self, bar: ScoreBar, *, is_total: bool) -> str:
        """One part of a score, or the whole of it."""
        label = f"{self.said(bar.text)} {bar.low}–{bar.high} / {bar.of}{self.needed(bar)}"
        sure = bar.sure_percent
        drawn = (
            f'<rect class="well" width="100%" height="14"/><rect class="sure" width="{sure}" height="14"/>'
        )
        if bar.low != bar.high:
            drawn += f'<rect class="open" x="{sure}" width="{bar.open_percent}" y="1" height="12"/>'
        if bar.limit_percent:
            drawn += (
                f'<line class="limit" x1="{bar.limit_percent}" x2="{bar.limit_percent}" y1="-4" y2="18"/>'
            )
        return (
            f'<div class="scoreline{" total" if is_total else ""}">'
            f"<span>{f'<b>{self.total}</b>' if is_total else self.said(bar.text)}</span>"
            f'<svg class="bar" role="img" aria-label="{label}">{drawn}</svg>'
            f'<span class="num">{self.points(bar)} <span class="ink3 xs">/ {bar.of}</span></span></div>'
        )

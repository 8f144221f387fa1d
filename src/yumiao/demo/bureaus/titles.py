"""Titles that the made-up firms hold: granted, renewed, lapsed, taken away, over three years and this one.

The counts are those of a district with the figures published for the reference one: some 1,300 valid high-tech
titles at the start of the year, 300 more wanted by its end.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from yumiao.demo.bureaus.firms import Firm

FULL_SIZE = 5400
"""The number of firms for which the counts below are stated; a smaller district has its share of them."""

HNTE_DAYS = ((3, 18, 8), (6, 25, 14), (10, 12, 26), (11, 6, 22), (11, 28, 18), (12, 13, 12))
"""Month, day and share in a year's grants of each round of high-tech titles."""

TECH_SME_DAYS = ((2, 26, 16), (3, 25, 36), (5, 20, 15), (7, 20, 12), (9, 15, 12), (11, 10, 9))
"""The same of registrations as technology SME."""

HNTE_GRANTED = {4: 74, 3: 367, 2: 433, 1: 512, 0: 402}
"""How many high-tech titles were granted for the first time so many years ago."""

HNTE_RENEWED = 0.78
HNTE_AGAIN, HNTE_REVOKED, HNTE_MOVED_IN, HNTE_MOVED_OUT = 12, 4, 9, 7
TECH_SME = {1: 2700, 0: 3150}
"""How many were registered as technology SME last year, and will be this year."""

TECH_SME_STAYS = 0.74

_MORE_TITLES = {
    # title: (years of validity or 0, month, day, {years ago: how many})
    "innovative_sme": (3, 5, 16, {2: 260, 1: 330, 0: 240}),
    "srdi_sme": (3, 7, 8, {2: 110, 1: 140, 0: 120}),
    "little_giant": (3, 9, 2, {2: 16, 1: 20, 0: 14}),
    "gazelle_js": (0, 9, 24, {2: 44, 1: 52, 0: 46}),
    "seed_unicorn_cz": (0, 8, 20, {2: 14, 1: 18, 0: 16}),
    "potential_unicorn_js": (0, 9, 24, {2: 12, 1: 13, 0: 12}),
    "unicorn_js": (0, 9, 24, {2: 1, 1: 2, 0: 1}),
}

_FITNESS = {
    "hnte": {"seedling": 0.02, "sapling": 0.36, "tree": 1.0, "timber": 1.0, "hall": 0.25},
    "tech_sme": {"seedling": 0.8, "sapling": 1.0, "tree": 0.6, "timber": 0.3, "hall": 0.1},
    "innovative_sme": {"seedling": 0.05, "sapling": 0.4, "tree": 1.0, "timber": 0.8, "hall": 0.02},
    "srdi_sme": {"seedling": 0.0, "sapling": 0.05, "tree": 0.7, "timber": 1.0, "hall": 0.03},
    "little_giant": {"seedling": 0.0, "sapling": 0.0, "tree": 0.1, "timber": 1.0, "hall": 0.0},
    "gazelle_js": {"seedling": 0.02, "sapling": 0.05, "tree": 1.0, "timber": 0.9, "hall": 0.0},
    "seed_unicorn_cz": {"seedling": 0.4, "sapling": 0.1, "tree": 1.0, "timber": 0.2, "hall": 0.0},
    "potential_unicorn_js": {"seedling": 0.02, "sapling": 0.02, "tree": 1.0, "timber": 0.8, "hall": 0.0},
    "unicorn_js": {"seedling": 0.0, "sapling": 0.0, "tree": 0.5, "timber": 1.0, "hall": 0.0},
}
"""How likely a kind of firm is to hold a title, beside the others."""


@dataclass(frozen=True, slots=True)
class TitleRow:
    """One row of a list of titles.

    Attributes:
        firm: number of the firm in the list of firms.
        event: granted, renewed, revoked, moved_in or moved_out.
        until: None where the list states no last day.
    """

    firm: int
    title: str
    event: str
    on: dt.date
    until: dt.date | None
    certificate: str = ""


def make_titles(firms: Sequence[Firm], random: Random, until: dt.date) -> list[TitleRow]:
    """Make up what the lists of titles say up to a day, oldest row first."""
    draw = _Draw(firms, random, until)
    rows = [*draw.hnte_rows(), *draw.tech_sme_rows()]
    for title in _MORE_TITLES:
        rows += draw.other_rows(title)
    return sorted(
        (row for row in rows if row.on <= until), key=lambda row: (row.on, row.title, row.firm, row.event)
    )


def years_later(day: dt.date, years: int) -> dt.date:
    """The same day of a later year; of 29 February the 28th."""
    last = 28 if (day.month, day.day) == (2, 29) else day.day
    return dt.date(day.year + years, day.month, last)


class _Draw:
    """Draws holders of titles from the firms."""

    def __init__(self, firms: Sequence[Firm], random: Random, until: dt.date) -> None:
        self._firms = firms
        self._random = random
        self._year = until.year

    def _scaled(self, count: int) -> int:
        return round(count * len(self._firms) / FULL_SIZE) or 1

    def _chosen(self, title: str, count: int, year: int, without: set[int]) -> list[int]:
        """Choose firms by how fit their kind is; none that was founded less than a year before."""
        fitness = _FITNESS[title]
        keys = [
            (self._random.random() ** (1 / fit), number)
            for number, firm in enumerate(self._firms)
            if (fit := fitness[firm.enterprise.kind.name]) > 0
            and firm.enterprise.founded.year < year
            and number not in without
        ]
        return [number for _, number in sorted(keys, reverse=True)[:count]]

    def _day(self, days: Sequence[tuple[int, int, int]], year: int) -> dt.date:
        month, day, _ = self._random.choices(days, [share for *_, share in days])[0]
        return dt.date(year, month, day)

    # ── high-tech enterprises ─────────────────────────────────────────────────────────────────────────────────

    def hnte_rows(self) -> Iterator[TitleRow]:
        """Terms of three years; those of three years ago are renewed or lapse this year."""
        held: set[int] = set()
        lapsed: list[int] = []
        for ago in sorted(HNTE_GRANTED, reverse=True):
            for firm in self._chosen("hnte", self._scaled(HNTE_GRANTED[ago]), self._year - ago, held):
                held.add(firm)
                start = self._day(HNTE_DAYS, self._year - ago)
                yield self._hnte(firm, "granted", start)
                if ago >= 3 and self._random.random() < (HNTE_RENEWED if ago == 3 else 0.0):
                    end = years_later(start, 3)
                    yield self._hnte(firm, "renewed", end - dt.timedelta(days=self._random.randrange(12)))
                elif ago == 4:
                    lapsed.append(firm)
        for firm in lapsed[: self._scaled(HNTE_AGAIN)]:
            yield self._hnte(firm, "granted", self._day(HNTE_DAYS, self._year))
        yield from self._hnte_moves(held - set(lapsed))

    def _hnte(self, firm: int, event: str, on: dt.date) -> TitleRow:
        certificate = f"GR{on.year}DEMO{firm:05d}"
        return TitleRow(firm, "hnte", event, on, years_later(on, 3), certificate)

    def _hnte_moves(self, held: set[int]) -> Iterator[TitleRow]:
        """Titles taken away, and firms that moved to or from other districts this year."""
        gone = self._random.sample(
            sorted(held), k=min(len(held), self._scaled(HNTE_REVOKED + HNTE_MOVED_OUT))
        )
        for number, firm in enumerate(gone):
            event = "revoked" if number < self._scaled(HNTE_REVOKED) else "moved_out"
            yield TitleRow(firm, "hnte", event, self._some_day(), None)
        for firm in self._chosen("hnte", self._scaled(HNTE_MOVED_IN), self._year - 1, held):
            start = self._day(HNTE_DAYS, self._year - 1)
            moved = self._some_day()
            yield TitleRow(
                firm, "hnte", "moved_in", moved, years_later(start, 3), f"GR{start.year}DEMO{firm:05d}"
            )

    def _some_day(self) -> dt.date:
        return dt.date(self._year, 1, 12) + dt.timedelta(days=self._random.randrange(330))

    # ── technology SMEs ───────────────────────────────────────────────────────────────────────────────────────

    def tech_sme_rows(self) -> Iterator[TitleRow]:
        """Registrations of last year and this one, each to the end of March of the next; most of last year's stay."""
        former = self._chosen("tech_sme", self._scaled(TECH_SME[1]), self._year - 1, set())
        stay = {firm for firm in former if self._random.random() < TECH_SME_STAYS}
        for firm in former:
            yield self._tech_sme(firm, "granted", self._day(TECH_SME_DAYS, self._year - 1))
        for firm in former:
            if firm in stay:
                yield self._tech_sme(firm, "renewed", self._day(TECH_SME_DAYS[:2], self._year))
        fresh = self._scaled(TECH_SME[0]) - len(stay)
        for firm in self._chosen("tech_sme", fresh, self._year, set(former)):
            yield self._tech_sme(firm, "granted", self._day(TECH_SME_DAYS, self._year))

    def _tech_sme(self, firm: int, event: str, on: dt.date) -> TitleRow:
        certificate = f"{on.year}DEMO{firm:06d}"
        # Some copies of the list do not say how long a registration lasts.
        until = None if self._random.random() < 0.004 else dt.date(on.year + 1, 3, 31)
        return TitleRow(firm, "tech_sme", event, on, until, certificate)

    # ── the others ────────────────────────────────────────────────────────────────────────────────────────────

    def other_rows(self, title: str) -> Iterator[TitleRow]:
        """One round each year; nobody is named twice."""
        validity, month, day, rounds = _MORE_TITLES[title]
        named: set[int] = set()
        for ago, count in rounds.items():
            on = dt.date(self._year - ago, month, day)
            for firm in self._chosen(title, self._scaled(count), on.year - 1, named):
                named.add(firm)
                yield TitleRow(firm, title, "granted", on, years_later(on, validity) if validity else None)

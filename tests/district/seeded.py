"""Invented districts from a seed: firms in three divisions, lists of titles over three years with holes."""

import datetime as dt
import random

import polars as pl
from tests.district.districts import ON, SmallDistrict, content_of

from yumiao.ladder.rows import ROW_SCHEMA
from yumiao.store import BatchContent, no_declarations

PLACES = ("320412100", "320412101", "320412", "320402", "")
TITLES = ("tech_sme", "hnte", "gazelle_js", "srdi_sme", "little_giant")
TITLE_COLUMNS = ("title", "event", "on", "valid_until", "territory")
COLUMNS = ("subject", *TITLE_COLUMNS, "file", "sheet", "cell")


class SeededDistrict(SmallDistrict):
    """Sixty firms; a row of a list may lack its last day or its place."""

    def __init__(self, folder, seed):
        super().__init__(folder)
        self.chance = random.Random(seed)

    def fill(self):
        with self.writing() as draft:
            subjects = draft.mint(60)
            firms = [self.firm(subject, number) for number, subject in enumerate(subjects)]
            content = content_of(firms)
            rows = [row for firm in firms for row in self.title_rows(firm)]
            draft.add_batch(
                BatchContent(
                    content.facts, content.identifiers, no_declarations(), {"titles": title_table(rows)}
                ),
                kind="town-list",
                source="town",
                observed_on=ON,
            )
        return self

    def add_staff_of(self, subjects, count=33):
        """Let another source say how many work at some firms."""
        with self.writing() as draft:
            firms = [(*self.firm(subject, 0)[:5], count, None) for subject in subjects]
            draft.add_batch(content_of(firms, names=False), kind="staff", source="tax", observed_on=ON)

    def firm(self, subject, number):
        staff = self.chance.choice((None, 5, 40, 300, 900))
        place = self.chance.choice(PLACES)
        return (
            subject,
            f"常州试验{number:03d}有限公司",
            f"91320412MA{number:08d}",
            place,
            (),
            staff,
            "2015-01-01",
        )

    def title_rows(self, firm):
        """First grants of 2022 to this year, some renewed, revoked, moved or with holes."""
        for title in TITLES:
            if self.chance.random() < 0.55:
                continue
            year = self.chance.randint(2022, 2026)
            start = dt.date(year, self.chance.randint(1, 6), self.chance.randint(1, 28))
            until = None if self.chance.random() < 0.15 else dt.date(year + 2, 12, 31)
            if self.chance.random() < 0.2:
                until = dt.date(2026, self.chance.randint(3, 12), 20)
            place = self.chance.choice((firm[3] or None, firm[3] or None, "320412", None))
            yield (firm[0], title, "granted", start, until, place)
            if self.chance.random() < 0.2:
                yield (firm[0], title, "renewed", dt.date(2026, 2, 3), dt.date(2028, 12, 31), place)
            if self.chance.random() < 0.1:
                yield (firm[0], title, "revoked", dt.date(2026, 4, 1), None, None)


def title_table(rows):
    """The register of titles as an intake hands it to the store."""
    named = [(*row, "资质.csv", "资质", f"A{at + 2}") for at, row in enumerate(rows)]
    schema = {name: ROW_SCHEMA[name] for name in COLUMNS}
    table = pl.DataFrame(named, schema=schema, orient="row")
    return table.with_columns(row_id=pl.format("r{}", pl.int_range(pl.len())))

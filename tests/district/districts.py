"""A small invented district: a store with five firms, the register built from it, one person of each role."""

import datetime as dt
from pathlib import Path

import polars as pl

from yumiao.district.accounts.roles import Role
from yumiao.district.accounts.services import create_person
from yumiao.model.facts import SOURCE_SCHEMA, Facts
from yumiao.store import BatchContent, create_store, no_declarations
from yumiao.store.values import IDENTIFIER_SCHEMA

AS_OF = dt.date(2026, 7, 15)
CHINA = dt.timezone(dt.timedelta(hours=8))
ON = dt.date(2026, 6, 30)
NOW = dt.datetime(2026, 7, 15, 9, 0, tzinfo=dt.UTC)
PASSWORD = "seven-green-plants"

# name, code, territory, former names, staff of 2025, revenue of 2025 in fen, established
FIRMS = {
    "hengzhou": (
        "常州衡舟精密传动有限公司",
        "91320412MADEM0003L",
        "320412100",
        ("常州衡舟轴承厂",),
        41,
        "2016-03-01",
    ),
    "qingmu": ("武进青木新材料有限公司", "91320412MA0000234Y", "320412101", (), 260, "2019-05-20"),
    "jiahe": ("常州嘉禾电子有限公司", "91320412MA00003570", "320412", (), None, "2021-01-04"),
    "tianning": ("常州天宁泵业有限公司", "91320402MA0000246X", "320402", (), 12, "2012-09-09"),
    "nowhere": ("=HYPERLINK(1)<script>有限公司", "91320412MA00002584", "", (), 7, None),
}


def moment(number):
    """The moment so many minutes after eight in the morning of 1 July 2026, as the store writes it."""
    return (dt.datetime(2026, 7, 1, 8, tzinfo=CHINA) + dt.timedelta(minutes=number)).isoformat(
        timespec="microseconds"
    )


class SmallDistrict:
    """The store and whom its ids mean."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.store = create_store(folder / "store", at=moment(1), who="test", store_id="00" * 8)
        self.minute = 1
        self.ids: dict[str, str] = {}

    def writing(self):
        self.minute += 1
        return self.store.writing("test", moment(self.minute))

    def fill(self):
        with self.writing() as draft:
            self.ids = dict(zip(FIRMS, draft.mint(len(FIRMS)), strict=True))
            draft.add_batch(self.content(), kind="town-list", source="town", observed_on=ON)
        return self

    def add_staff(self, firm, count, source="market_supervision"):
        """Let another source say how many work there."""
        with self.writing() as draft:
            content = content_of([(self.ids[firm], *FIRMS[firm][:4], count, None)], names=False)
            draft.add_batch(content, kind="other-list", source=source, observed_on=ON)

    def content(self):
        return content_of([(self.ids[firm], *row) for firm, row in FIRMS.items()])


def content_of(rows, *, names=True):
    facts = pl.DataFrame(
        {
            "subject": [row[0] for row in rows],
            "name": [row[1] for row in rows],
            "code": [row[2] for row in rows],
            "staff_total@2025": [row[5] for row in rows],
            "established_on": [row[6] and dt.date.fromisoformat(row[6]) for row in rows],
        },
        schema_overrides={"code": pl.String, "staff_total@2025": pl.Int64, "established_on": pl.Date},
    )
    sources = [
        (row[0], column, str(value), str(value), "名单.csv", "名单", f"{letter}{at + 2}", "", "")
        for at, row in enumerate(rows)
        for column, letter, value in (("staff_total@2025", "D", row[5]), ("established_on", "E", row[6]))
        if value is not None
    ]
    identifiers = [
        (row[0], kind, value, None, None, "名单.csv", "名单", f"A{at + 2}")
        for at, row in enumerate(rows)
        for kind, value in (
            ("name", row[1]),
            ("code", row[2]),
            *(("former_name", former) for former in row[4]),
            *((("territory", row[3]),) if row[3] else ()),
        )
        if names
    ]
    return BatchContent(
        Facts(facts, pl.DataFrame(sources, schema=SOURCE_SCHEMA, orient="row")),
        pl.DataFrame(identifiers, schema=IDENTIFIER_SCHEMA, orient="row"),
        no_declarations(),
        {},
    )


PEOPLE = {
    "officer": (Role.OFFICER, ("320412",), ()),
    "town": (Role.TOWN, ("320412100",), ()),
    "enterprise": (Role.ENTERPRISE, (), ("hengzhou",)),
    "expert": (Role.EXPERT, (), ()),
    "system": (Role.SYSTEM_ADMIN, (), ()),
    "security": (Role.SECURITY_ADMIN, (), ()),
    "audit": (Role.AUDIT_ADMIN, (), ()),
}


def create_people(ids):
    """One person for each of `PEOPLE`, all with the same password."""
    return {
        login: create_person(
            login=login,
            password=PASSWORD,
            role=role,
            label=f"{role.label.zh} 甲",
            now=NOW,
            territories=territories,
            subjects=tuple(ids[firm] for firm in firms),
        )
        for login, (role, territories, firms) in PEOPLE.items()
    }

"""Stores and files made for the tests of imports: a few invented firms, in files of a few lines."""

import datetime as dt
from functools import cache
from pathlib import Path

from tests.shipped_packs import shipped_packs

from yumiao.importing.imports import commit_import, preview_import
from yumiao.importing.reading import read_incoming
from yumiao.store import create_store

ON = dt.date(2026, 6, 30)
AS_OF = dt.date(2026, 7, 15)
CODES = {"伟业": "91320412MADEM0003L", "嘉禾": "91320412MA00003570", "青木": "91320412MA0000234Y"}
NAMES = {"伟业": "常州伟业机械有限公司", "嘉禾": "常州嘉禾电子有限公司", "青木": "武进青木新材料有限公司"}


@cache
def library():
    return shipped_packs()


def moment(number):
    return f"2026-07-01T08:{number:02d}:00.000000+08:00"


class Desk:
    """A store in a folder, and a clock that goes on by a minute with every writing."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.minute = 0
        self.store = create_store(folder / "store", at=self._tick(), who="test", store_id="00" * 8)

    def _tick(self):
        self.minute += 1
        return moment(self.minute)

    def write(self, name, text, mapping=None):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        if mapping is not None:
            (self.folder / f"{name}.yaml").write_text(mapping, encoding="utf-8")
        return path

    def incoming(self, *paths, source="town", mapped=True, **options):
        mappings = [path.with_name(f"{path.name}.yaml") for path in paths]
        found = [each for each in mappings if each.exists()] if mapped else []
        known = {"today": ON, "source": source, **options}
        return read_incoming(paths, found, library(), self.store, **known)

    def take(self, *paths, as_of=None, **options):
        arriving = self.incoming(*paths, **options)
        return commit_import(self.store, arriving, library(), at=self._tick(), who="test", as_of=as_of)

    def look(self, *paths, as_of=None, **options):
        arriving = self.incoming(*paths, **options)
        return preview_import(self.store, arriving, library(), at=self._tick(), who="test", as_of=as_of)

    def writing(self):
        return self.store.writing("test", self._tick())

    @property
    def state(self):
        return self.store.state()

    def facts(self, **options):
        return self.state.snapshot(library().metrics, library().reported.precedence, **options).table


def table(*rows, header="统一社会信用代码,企业名称,2025年职工总数（人）"):
    return "\n".join([header, *(",".join(row) for row in rows)]) + "\n"


def staff(firm, count, *, code=True, name=True):
    return CODES[firm] if code else "", NAMES[firm] if name else "", str(count)

"""What the journal keeps of an import: its mapping and its answers, as hashes, and who said what, never the words."""

import hashlib
import json

import pytest
from tests.district.importing import HENGZHOU, JIAHE, NEW, csv_file, intake_at, own_district, uploaded, work

from yumiao.district.journal.models import JournalLine


@pytest.fixture(autouse=True)
def district(tmp_path, settings):
    return own_district(tmp_path, settings)


@pytest.fixture
def officer(sign_in):
    return sign_in("officer")


def lines_of(address):
    rows = JournalLine.objects.filter(stream=f"intake/{intake_at(address).id}").order_by("sequence")
    return [(row.act, json.loads(row.payload)) for row in rows]


def hash_of(text):
    return hashlib.sha256(text.encode()).hexdigest()


def test_answers_about_columns_are_journalled_as_hashes(officer):
    address = uploaded(officer, csv_file(HENGZHOU, JIAHE, NEW))
    file = intake_at(address).files.get()
    officer.post(f"{address}columns/{file.id}/", {"c2-metric": "staff_total"})
    file.refresh_from_db()

    (act, payload), (answered, said) = lines_of(address)[1:]
    proposed = {"file": file.id, "mapping": None, "answers": None, "open": 1, "remembered": False}
    assert (act, payload) == ("intake.mapping_proposed", proposed)
    given = '{"2025年职工总数":{"metric":"staff_total"}}'
    kept = {"mapping": hash_of(file.mapping), "answers": hash_of(given), "open": 0}
    assert (answered, said) == ("intake.answered", proposed | kept)
    assert not any("职工" in row for row in JournalLine.objects.values_list("payload", flat=True))


def test_import_tells_which_mapping_it_was_read_by(officer):
    address = uploaded(officer, csv_file(HENGZHOU))
    file = intake_at(address).files.get()
    officer.post(f"{address}columns/{file.id}/text/", {"text": file.mapping + "source: tax\n"})
    officer.post(f"{address}from/", {"source": "town", "on": "2026-06-30"})
    officer.post(f"{address}check/")
    work()
    officer.post(f"{address}commit/")
    work()
    file.refresh_from_db()

    found = lines_of(address)
    assert [act for act, _ in found] == [
        "intake.received",
        "intake.mapping_proposed",
        "intake.mapping_written",
        "intake.source_said",
        "intake.committed",
    ]
    assert found[3][1] == {"source": "town", "on": "2026-06-30"}
    assert found[4][1]["mappings"] == [
        {"file": file.id, "mapping": hash_of(file.mapping), "answers": None, "open": 0, "remembered": False}
    ]


def test_beginning_anew_is_journalled(officer):
    address = uploaded(officer, csv_file(HENGZHOU))
    file = intake_at(address).files.get()
    officer.post(f"{address}columns/{file.id}/anew/")

    assert [act for act, _ in lines_of(address)][2:] == [
        "intake.mapping_forgotten",
        "intake.mapping_proposed",
    ]


def test_answer_that_is_refused_is_journalled_with_what_was_typed_kept(officer):
    address = uploaded(officer, csv_file(HENGZHOU, JIAHE))
    file = intake_at(address).files.get()
    refused = officer.post(f"{address}columns/{file.id}/", {"c2-other": "没有这个口径"})

    act, payload = lines_of(address)[-1]
    typed = '{"2025年职工总数":{"metric":"没有这个口径"}}'
    assert (refused.status_code, act, payload["answers"]) == (400, "intake.answered", hash_of(typed))

"""Records the examples of the OpenAPI document: real requests and real answers of the small district, cut short.

Not a test: run it by its name (``pytest tests/district/recording_api_examples.py``) after a shape has changed.
"""

import json
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.district.calling import ROOT, Program, operation
from tests.district.districts import NOW
from tests.district.importing import HENGZHOU, JIAHE, NEW, csv_file, own_district, work
from tests.district.test_api_indicators import TARGET, VALUES
from tests.district.test_api_proposals import PDF
from tests.district.test_import_desk import add_pair

import yumiao.api
from yumiao.district.accounts.models import Person
from yumiao.district.chains.fields import read_chain, read_link
from yumiao.district.chains.services import add_chain, add_link
from yumiao.district.indicators.services import import_targets
from yumiao.district.indicators.targets_file import TargetsFile
from yumiao.district.intakes.desk import list_batches, run_desk
from yumiao.district.jobs.kinds import Work

FILE = Path(yumiao.api.__file__).parent / "examples.json"
MOST = 2
LABEL = "2025年职工总数"
JUDGED = {
    "as_of": "2026-07-15",
    "policies": ["size_class"],
    "facts": [
        {"metric": "size_industry", "value": "industry"},
        {"metric": "staff_period_end", "period": "YE2025", "value": 260},
        {"metric": "operating_revenue", "period": "FY2025", "value": "5200.5", "unit": "CNY_10k"},
    ],
}


class Recorder:
    """Calls as two persons and keeps the first request and answer of each operation."""

    def __init__(self):
        self.officer, self.firm = Program("officer"), Program("enterprise")
        self.kept = {}

    def keep(self, method, path, request, response):
        kept = (
            {"response": short(response)}
            if request is None
            else {"request": request, "response": short(response)}
        )
        self.kept.setdefault(operation(method, ROOT + path)["operationId"], kept)
        return response

    def get(self, path, program=None, **query):
        return self.keep("GET", path, None, (program or self.officer).get(path, **query))

    def post(self, path, body=None, program=None):
        response = (program or self.officer).post(path, body or {})
        return self.keep("POST", path, body, response)

    def send(self, path, fields, files, program=None):
        program = program or self.officer
        response = program.client.post(ROOT + path, {**fields, **files})
        names = {
            name: [each.name for each in value] if isinstance(value, list) else value.name
            for name, value in files.items()
        }
        return self.keep("POST", path, {**fields, **names}, program.checked("POST", path, 200, response))


def short(value):
    """An answer cut short: of each list the first two."""
    if isinstance(value, dict):
        return {key: short(each) for key, each in value.items()}
    return [short(each) for each in value[:MOST]] if isinstance(value, list) else value


@pytest.fixture
def district(tmp_path, settings):
    made = own_district(tmp_path, settings)
    add_pair(made, "常州衡舟精传动公司", "hengzhou")
    run_desk(Work("j", "", {}, NOW, lambda *_: None))
    import_targets(TargetsFile((TARGET,), VALUES, ()), now=NOW)
    return made


def test_examples_are_recorded(district):
    found = Recorder()
    firm = district.ids["hengzhou"]
    found.get("/subjects", q="衡舟", policy="size_class")
    found.get(f"/subjects/{firm}")
    chains(found)
    found.get(f"/subjects/{firm}/facts")
    found.get(f"/subjects/{firm}/verdicts", size=1)
    found.get(f"/subjects/{firm}/verdicts/size_class")
    found.get(f"/subjects/{firm}/questions", policy="size_class")
    found.get(f"/subjects/{firm}/plans/hnte")
    job = found.post(f"/subjects/{firm}/plans/hnte")
    found.get(f"/jobs/{job['id']}")
    found.get("/policies", size=2)
    found.get("/policies/size_class")
    found.post("/judge", JUDGED)
    found.get("/indicators", having="values")
    found.get("/indicators/PRJ_TI")
    imports(found)
    proposals(found, firm)
    identity(found, district)

    FILE.write_text(
        json.dumps(found.kept, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8"
    )


def chains(found):
    officer = Person.objects.get(login="officer").id
    chain = {
        "name": "演示：机器人",
        "name_en": "Demonstration: robots",
        "level": "district",
        "territory": "320412",
    }
    said = {"document": "演示编造", "sureness": "invented", "valid_from": "2026-01-01"}
    made = add_chain(read_chain(chain | said), by=officer, now=NOW)
    link = {"name": "精密传动", "position": "upstream", "products": "减速器", "codes": "3453"}
    add_link(made, read_link(link), by=officer, now=NOW)
    found.get("/chains", on="2026-07-15")


def imports(found):
    fields = {"source": "tax", "on": "2026-06-30"}
    rows = [HENGZHOU, [JIAHE[0], JIAHE[1], "31"], NEW]
    intake = found.send("/imports", fields, {"files": [csv_file(*rows)]})
    address = f"/imports/{intake['id']}"
    found.get("/imports")
    found.get(address)
    file = f"{address}/files/{intake['files'][0]['id']}"
    found.get(file)
    found.post(f"{file}/answers", {"columns": {LABEL: {"metric": "staff_total", "year": "2025"}}})
    found.post(f"{file}/mapping", {"text": found.officer.get(file)["mapping"]})
    found.post(f"{address}/source", {"source": "tax", "on": "2026-06-30"})
    found.post(f"{address}/check")
    work()
    found.get(f"{address}/problems")
    found.get(f"{address}/changes")
    found.post(f"{address}/commit")
    work()
    [batch] = found.officer.get(address)["batches"]
    list_batches(own_state())
    found.get("/batches")
    found.get(f"/batches/{batch}")
    found.get(f"/batches/{batch}/effects")
    found.post(f"/batches/{batch}/revert", {"why": "报错了"})
    found.post(f"/batches/{batch}/unrevert", {"why": "核对无误"})
    other = found.send("/imports", fields, {"files": [csv_file(HENGZHOU, name="另一份.csv")]})
    found.post(f"/imports/{other['id']}/files/{other['files'][0]['id']}/anew")
    found.post(f"/imports/{other['id']}/cancel")


def own_state():
    from yumiao.district.intakes.following import the_store  # noqa: PLC0415 - the store of the test

    return the_store().state()


def proposals(found, firm):
    fields = {"metric": "staff_total", "period": "FY2025", "value": "44", "note": "社保清单第 2 页"}
    path = f"/subjects/{firm}/proposals"
    made = found.send(path, fields, {"evidence": SimpleUploadedFile("社保.pdf", PDF)}, found.firm)["id"]
    found.get("/proposals", state="proposed")
    found.get(f"/proposals/{made}")
    path = f"/proposals/{made}/evidence"
    found.keep("GET", path, None, found.officer.client.get(ROOT + path).content.decode())
    found.post(f"/proposals/{made}/accept")
    found.post(f"/proposals/{made}/reopen")
    found.post(f"/proposals/{made}/ask-back", {"reason": "请附社保清单"})
    found.post(f"/proposals/{made}/decline", {"reason": "与社保不符"})
    again = found.firm.client.post(f"{ROOT}/subjects/{firm}/proposals", {**fields, "value": "45"}).json()[
        "id"
    ]
    found.post(f"/proposals/{again}/withdraw", program=found.firm)


def identity(found, district):
    [pair] = found.get("/identity/pairs")["items"]
    body = {
        "subject": pair["subject"]["id"],
        "other": pair["other"]["id"],
        "decision": "same",
        "why": "同一信用代码",
    }
    number = found.post("/identity/decisions", body)["number"]
    found.get("/identity/decisions")
    found.post(f"/identity/decisions/{number}/undo", {"why": "看错了"})

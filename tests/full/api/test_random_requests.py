"""Random requests, right and wrong, to every operation: each answer is one that the document describes.

Checked of each answer: no error of the server, a status and a type that the document names, a body and headers as it
says, wrong input refused, right input taken, no answer without a token, the wrong method refused.
"""

import pytest
import schemathesis
from django.utils import timezone
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from tests.district.districts import NOW
from tests.district.importing import HENGZHOU, csv_file, own_district

from yumiao.config.wsgi import application
from yumiao.district.intakes import services
from yumiao.district.intakes.desk import list_batches
from yumiao.district.intakes.files import Upload
from yumiao.district.intakes.models import Intake
from yumiao.district.proposals import services as services_of_proposals
from yumiao.district.tokens.scopes import Scope
from yumiao.district.tokens.services import create_token

EXAMPLES = 25
# Input of the right shape is refused (422) where its names mean nothing: a metric, a policy, a unit that is not there.
CONFIG = {
    "checks": {
        "positive_data_acceptance": {"expected-statuses": ["2xx", "401", "403", "404", "409", "422", "429"]}
    }
}
SCHEMA = schemathesis.openapi.from_wsgi(
    "/api/v1/openapi.json", application, config=schemathesis.Config.from_dict(CONFIG)
)
OPERATIONS = [found.ok() for found in SCHEMA.get_all_operations()]
KNOWN = {
    "policy": ["hnte", "size_class", "tech_sme", "hnte@most-2016-32+195"],
    "policy_id": ["hnte", "size_class@nbs-2017-213"],
    "indicator_id": ["HT_VALID", "PRJ_TI"],
}


@pytest.fixture
def headers(db):
    """A token of its own for each test, so that the limit of requests a minute is not what is tried."""
    token = create_token(
        login="officer", label="random requests", scopes=tuple(Scope), days=300, now=timezone.now()
    )
    return {"Authorization": f"Bearer {token.written}"}


def try_random(operation, mode, headers, known):
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode), chance=st.randoms(use_true_random=False))
    def answered(case, chance):
        for name in known.keys() & case.path_parameters.keys():
            case.path_parameters[name] = chance.choice(known[name])
        assume(is_sent_whole(case.query))
        case.call_and_validate(headers=headers)

    answered()


def is_sent_whole(query):
    """Whether each parameter of a query stands in the address: a list of none does not, and is no wrong input then."""
    return all(value not in ([], {}, ()) for value in (query or {}).values())


EVERY_OPERATION = pytest.mark.parametrize(
    "operation", OPERATIONS, ids=[each.label.replace("/api/v1", "") for each in OPERATIONS]
)


IMPORTING = [each for each in OPERATIONS if "/imports/{" in each.path or "/batches/{" in each.path]
SINGLE = [each for each in OPERATIONS if "{" in each.path and each not in IMPORTING]


@pytest.fixture
def known_intake(tmp_path, settings, db):
    """An intake and the batches of a store of the test's own, as operations name them."""
    state = own_district(tmp_path, settings).store.state()
    list_batches(state)
    uploads = [Upload("台账.csv", csv_file(HENGZHOU).read())]
    intake = services.receive(uploads, source="tax", on=None, password=None, by="p1", now=NOW)
    file = Intake.objects.get(id=intake).files.get().id
    return {
        "intake_id": [intake],
        "file_id": [file],
        "batch_id": [each.manifest.id for each in state.all_batches],
    }


@pytest.fixture(autouse=True)
def _own_data(tmp_path, settings, request):
    """What random requests upload lies in a folder of the test's own."""
    if "known_intake" not in request.fixturenames and "imports" in request.node.name:
        settings.YUMIAO_DATA = tmp_path / "data"


@pytest.fixture
def known_proposal(ids):
    """A proposal that waits, as operations name it."""
    arguments = {
        "column": "operating_revenue@2025",
        "typed": "5",
        "unit": "CNY_100m",
        "note": "",
        "author": "p1",
    }
    return services_of_proposals.propose_fact(subject=ids["hengzhou"], **arguments, now=NOW).id


@EVERY_OPERATION
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["right", "wrong"])
def test_every_answer_is_one_that_the_document_describes(operation, mode, headers):
    try_random(operation, mode, headers, {})


@pytest.mark.parametrize(
    "operation",
    SINGLE,
    ids=[each.label.replace("/api/v1", "") for each in SINGLE],
)
def test_every_answer_about_what_there_is_is_one_that_the_document_describes(
    operation, headers, ids, known_proposal
):
    known = KNOWN | {"subject_id": sorted(ids.values()), "proposal_id": [known_proposal]}
    try_random(operation, GenerationMode.POSITIVE, headers, known)


@pytest.mark.parametrize(
    "operation", IMPORTING, ids=[each.label.replace("/api/v1", "") for each in IMPORTING]
)
def test_every_answer_about_an_upload_or_a_batch_is_one_that_the_document_describes(
    operation, headers, known_intake
):
    try_random(operation, GenerationMode.POSITIVE, headers, known_intake)

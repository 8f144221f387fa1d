"""Random requests, right and wrong, to every operation: each answer is one that the document describes."""

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from tests.district.districts import NOW

from yumiao.config.wsgi import application
from yumiao.district.tokens.scopes import Scope
from yumiao.district.tokens.services import create_token

EXAMPLES = 40
SCHEMA = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
OPERATIONS = [found.ok() for found in SCHEMA.get_all_operations()]


@pytest.fixture
def headers(db):
    """A token of its own for each test, so that the limit of requests a minute is not what is tried."""
    token = create_token(login="officer", label="random requests", scopes=tuple(Scope), days=300, now=NOW)
    return {"Authorization": f"Bearer {token.written}"}


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["right", "wrong"])
@pytest.mark.parametrize("operation", OPERATIONS, ids=[each.label for each in OPERATIONS])
def test_every_answer_is_one_that_the_document_describes(operation, mode, headers):
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def answered(case):
        case.call_and_validate(headers=headers)

    answered()

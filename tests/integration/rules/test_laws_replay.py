"""The same inputs give the same program, to the byte, and the same answer."""

import hashlib
import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.law_cases import Case, hidden, law, shipped_case, shipped_ids, shipped_subjects, without

from yumiao.rules.compile import compile_policy
from yumiao.rules.emit_python import source
from yumiao.rules.lowering import lower

PRINT_DIGESTS = """
from tests.integration.rules.test_laws_replay import digests
for line in digests():
    print(line)
"""


def program_text(case: Case) -> str:
    graph = lower(case.library, case.policy, case.as_of, case.settings)
    return source(compile_policy(graph).program)


def digests() -> list[str]:
    """One line for each version: its id and the digest of its program."""
    cases = {policy_id: shipped_case(policy_id) for policy_id in shipped_ids()}
    return [
        f"{name} {hashlib.sha256(program_text(case).encode()).hexdigest()}" for name, case in cases.items()
    ]


def digests_of_another_process(seed: str) -> list[str]:
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", PRINT_DIGESTS]
    return subprocess.run(
        command, env=environment, check=True, capture_output=True, text=True
    ).stdout.splitlines()


def test_program_text_is_the_same_in_every_process():
    assert digests_of_another_process("1") == digests_of_another_process("2") == digests()


@pytest.mark.parametrize("policy_id", shipped_ids())
def test_same_row_gives_the_same_answer_however_it_is_ordered(policy_id):
    @law(10)
    @given(hidden(shipped_subjects(policy_id), most=4), st.randoms())
    def check(subject, chance):
        case, row, columns = subject
        row = without(row, columns)
        shuffled = dict(chance.sample(list(row.items()), len(row)))

        outputs = case.judge(row)

        assert case.judge(shuffled) == outputs
        assert case.judge({column: row.get(column) for column in case.columns}) == outputs

    check()

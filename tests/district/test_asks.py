"""What to ask of an enterprise first is what the verdicts ask, found without the rest of them, once per register."""

import pytest
from tests.district.districts import AS_OF, NOW, SmallDistrict

from yumiao.district.registry.packs import library
from yumiao.district.registry.selectors import judged
from yumiao.district.registry.services import rebuild
from yumiao.web import profiles
from yumiao.web.profiles import read_asks


@pytest.fixture
def district(tmp_path, settings):
    made = SmallDistrict(tmp_path).fill()
    settings.YUMIAO_STORE, settings.YUMIAO_DATA = made.store.path, tmp_path / "data"
    rebuild(made.store, library(), as_of=AS_OF, data=tmp_path / "data", now=NOW)
    return made


def test_questions_of_a_policy_are_those_of_its_whole_answer(district):
    found, asked = judged(), 0
    for subject in (district.ids["jiahe"], district.ids["tianning"]):
        known = found.known_of(subject)
        for answer in found.answers(subject):
            assert found.questions(known, answer.policy) == answer.questions
            asked += len(answer.questions)
    assert asked


def test_asks_are_found_once_for_a_register_and_apart_for_the_firm_itself(district, monkeypatch):
    subject = district.ids["jiahe"]
    first, own = read_asks(subject, for_itself=False), read_asks(subject, for_itself=True)
    monkeypatch.setattr(profiles, "_find_asks", lambda *_: pytest.fail("found a second time"))

    assert first
    assert {each.text for each in own} <= {each.text for each in first}
    assert read_asks(subject, for_itself=False) == first
    assert read_asks(subject, for_itself=True) == own


def test_subject_of_which_nothing_is_known_is_asked_nothing(district):
    assert read_asks("s-nobody", for_itself=False) == []

"""The three answers, and why an answer may be open."""

from __future__ import annotations

from enum import StrEnum

from yumiao.model.text import Text


class Outcome(StrEnum):
    """What the rules say of one subject: the same three tokens in files, API and pages."""

    MET = "met"
    NOT_MET = "not_met"
    UNDETERMINED = "undetermined"

    @property
    def label(self) -> Text:
        return OUTCOME_LABELS[self]

    @staticmethod
    def of(can_hold: bool, can_fail: bool) -> Outcome:
        """Name the outcome of a statement that can hold, can fail, or both."""
        if can_hold and can_fail:
            return Outcome.UNDETERMINED
        return Outcome.MET if can_hold else Outcome.NOT_MET


OUTCOME_LABELS = {
    Outcome.MET: Text("符合", "met"),
    Outcome.NOT_MET: Text("不符合", "not met"),
    Outcome.UNDETERMINED: Text("未定", "undetermined"),
}


class Reason(StrEnum):
    """Why an outcome is undetermined."""

    MISSING_FACTS = "missing_facts"
    EXPERT_RANGE = "expert_range"
    NEEDS_PERSON = "needs_person"
    MAY_BE_DECIDED = "may_be_decided"

    @property
    def label(self) -> Text:
        return REASON_LABELS[self]


REASON_LABELS = {
    Reason.MISSING_FACTS: Text("缺少事实", "facts are missing"),
    Reason.EXPERT_RANGE: Text("由专家在分档内打分", "experts choose inside a band"),
    Reason.NEEDS_PERSON: Text("需要人工认定", "a person has to judge"),
    Reason.MAY_BE_DECIDED: Text("可能已可判定", "may already be decided"),
}


class Confidence(StrEnum):
    """How sure we are of what a pack says, as its author saw it."""

    CONFIRMED_2 = "confirmed_2"
    VERIFIED = "verified"
    VERIFIED_2 = "verified_2"
    MEMORY = "memory"
    INTERPRETATION = "interpretation"
    DEFAULT = "default"
    NOT_FOUND = "not_found"

    @property
    def label(self) -> Text:
        return CONFIDENCE_LABELS[self]


CONFIDENCE_LABELS = {
    Confidence.CONFIRMED_2: Text("两个独立文本一致", "two independent texts agree"),
    Confidence.VERIFIED: Text("已见原文或其转载", "seen in the text or a copy of it"),
    Confidence.VERIFIED_2: Text("见于他人转述", "seen in another party's summary"),
    Confidence.MEMORY: Text("凭记忆，待核", "from general knowledge, to be checked"),
    Confidence.INTERPRETATION: Text("文本未明，取此解读", "the text is silent; this is a reading"),
    Confidence.DEFAULT: Text("默认值，可修改", "a default to be edited"),
    Confidence.NOT_FOUND: Text("未查到", "not found"),
}

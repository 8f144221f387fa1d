"""Values and targets entered one by one on screen: added, withdrawn, restored, chosen; each act is journalled."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from yumiao.district.indicators.fields import MOST_WORDS
from yumiao.district.indicators.models import Actual, ChosenValue, Target
from yumiao.district.indicators.services import add_actual_row, add_target_row, latest_target, says_same
from yumiao.district.indicators.targets_file import ActualRow, TargetRow
from yumiao.district.journal.services import Stream, record
from yumiao.district.personal import Value
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text


@transaction.atomic
def add_value(*, row: ActualRow, by: str, now: dt.datetime) -> int:
    """Add a value that a source told; returns its number.

    Raises: YumiaoError (``indicator.known``) where the same source told the same on that day already.
    """
    actual, is_new = add_actual_row(row, now, by)
    if not is_new:
        gone = actual.withdrawn_at is not None
        zh, en = (
            ("已撤回，可以恢复", "it is withdrawn and can be restored") if gone else ("在列", "it stands")
        )
        raise YumiaoError(
            "indicator.known",
            Text(
                f"同一来源同一天的同一个数已经登记过（{zh}），没有再登记。",
                f"The same value of the same source and day was entered before ({en}); nothing was added.",
            ),
        )
    _record_value(actual, "indicator.value_added", by, now)
    return actual.pk


@transaction.atomic
def withdraw_value(*, value: int, by: str, now: dt.datetime) -> None:
    """Let a value entered by mistake no longer count; it stays in the list. Done twice, it is done once.

    Raises: YumiaoError (``indicator.no_value``).
    """
    actual = _locked_value(value)
    if actual.withdrawn_at is None:
        actual.withdrawn_at, actual.withdrawn_by = now, by
        actual.save(update_fields=["withdrawn_at", "withdrawn_by"])
        _record_value(actual, "indicator.value_withdrawn", by, now)


@transaction.atomic
def restore_value(*, value: int, by: str, now: dt.datetime) -> None:
    """Let a withdrawn value count again. Raises: YumiaoError (``indicator.no_value``)."""
    actual = _locked_value(value)
    if actual.withdrawn_at is not None:
        actual.withdrawn_at, actual.withdrawn_by = None, ""
        actual.save(update_fields=["withdrawn_at", "withdrawn_by"])
        _record_value(actual, "indicator.value_restored", by, now)


@transaction.atomic
def choose_value(*, value: int, why: str, by: str, now: dt.datetime) -> None:
    """Say that of several values this one counts; a later choice takes its place.

    Raises: YumiaoError (``indicator.no_value``; ``indicator.no_reason`` without a reason).
    """
    reason = why.strip()
    if not reason or len(reason) > MOST_WORDS or not reason.isprintable():
        raise YumiaoError(
            "indicator.no_reason",
            Text(
                f"请写明为什么以这个数为准（{MOST_WORDS} 字以内）。",
                f"Say why this value counts (at most {MOST_WORDS} characters).",
            ),
        )
    actual = _locked_value(value)
    _choose(actual, actual, reason, by, now)
    _record_value(actual, "indicator.value_chosen", by, now)


@transaction.atomic
def take_back_choice(*, value: int, by: str, now: dt.datetime) -> None:
    """Take back the choice for the month and variant of a value. Raises: YumiaoError (``indicator.no_value``)."""
    actual = _locked_value(value)
    _choose(actual, None, "", by, now)
    _record_value(actual, "indicator.choice_taken_back", by, now)


def _choose(of: Actual, actual: Actual | None, why: str, by: str, now: dt.datetime) -> None:
    ChosenValue.objects.create(
        indicator=of.indicator,
        territory=of.territory,
        year=of.year,
        month=of.month,
        zones=of.zones,
        actual=actual,
        why=why,
        chosen_at=now,
        chosen_by=by,
    )


def _locked_value(value: int) -> Actual:
    found = Actual.objects.select_for_update().filter(pk=value).first()
    if found is None:
        raise YumiaoError("indicator.no_value", Text(f"没有数值 {value}。", f"There is no value {value}."))
    return found


def _record_value(actual: Actual, act: str, by: str, now: dt.datetime) -> None:
    payload: dict[str, Value] = {"value": actual.pk, "year": actual.year, "month": actual.month}
    stream = Stream("indicator", f"{actual.indicator}.{actual.territory}")
    record(stream=stream, act=act, actor=by, at=now, payload=payload)


# ── targets ───────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def set_target(*, row: TargetRow, by: str, now: dt.datetime) -> int:
    """Set a target or a revision of it; returns its number.

    Raises: YumiaoError (``indicator.target_known``) where the one that counts says the same.
    """
    former = latest_target(row)
    if former is not None and says_same(former, row):
        raise YumiaoError(
            "indicator.target_known",
            Text(
                "现行目标就是这样，没有再登记。", "The target that counts says the same; nothing was added."
            ),
        )
    target = add_target_row(row, now, by)
    _record_target(target, "indicator.target_set", by, now)
    return target.pk


@transaction.atomic
def withdraw_target(*, target: int, by: str, now: dt.datetime) -> None:
    """Let a target entered by mistake no longer count: the revision before it does again.

    Raises: YumiaoError (``indicator.no_target``).
    """
    found = _locked_target(target)
    if found.withdrawn_at is None:
        found.withdrawn_at, found.withdrawn_by = now, by
        found.save(update_fields=["withdrawn_at", "withdrawn_by"])
        _record_target(found, "indicator.target_withdrawn", by, now)


@transaction.atomic
def restore_target(*, target: int, by: str, now: dt.datetime) -> None:
    """Let a withdrawn target count again. Raises: YumiaoError (``indicator.no_target``)."""
    found = _locked_target(target)
    if found.withdrawn_at is not None:
        found.withdrawn_at, found.withdrawn_by = None, ""
        found.save(update_fields=["withdrawn_at", "withdrawn_by"])
        _record_target(found, "indicator.target_restored", by, now)


def _locked_target(target: int) -> Target:
    found = Target.objects.select_for_update().filter(pk=target).first()
    if found is None:
        raise YumiaoError(
            "indicator.no_target", Text(f"没有目标 {target}。", f"There is no target {target}.")
        )
    return found


def _record_target(target: Target, act: str, by: str, now: dt.datetime) -> None:
    payload: dict[str, Value] = {"target": target.pk, "year": target.year, "revision": target.revision}
    stream = Stream("indicator", f"{target.indicator}.{target.territory}")
    record(stream=stream, act=act, actor=by, at=now, payload=payload)

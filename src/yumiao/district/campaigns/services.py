"""What changes campaigns: making one, its questions, who looks after whom, starting, ending, undoing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from django.db import transaction

from yumiao.district.accounts.models import Person
from yumiao.district.accounts.roles import Role
from yumiao.district.campaigns.models import AskedFact, Campaign, CampaignFirm
from yumiao.district.campaigns.states import CampaignState, FirmState
from yumiao.district.journal.services import Stream, record
from yumiao.district.messages.services import post
from yumiao.district.personal import Value
from yumiao.district.proposals.reading import asked_fact
from yumiao.district.registry.packs import library
from yumiao.district.workdays.counting import postponed
from yumiao.district.workdays.selectors import working_calendar
from yumiao.model.problems import Problem, YumiaoError
from yumiao.model.text import Text

MOST_FIRMS = 2000
"""So many firms a campaign asks at most."""


@transaction.atomic
def create_campaign(
    *,
    name: str,
    family: str,
    purpose: str,
    due_on: dt.date | None,
    subjects: Sequence[str],
    by: str,
    now: dt.datetime,
    today: dt.date,
) -> Campaign:
    """Make the draft of a campaign; nobody is asked anything before it is started.

    Args:
        family: the policy whose open questions are asked; empty: every policy's.
        due_on: last day to answer, the next working day where it is a day off; None where what was typed is no day.
        subjects: ids of the firms, 1 to 2,000.
        today: where the office is.
    Raises: YumiaoError (``campaign.refused``) with every problem.
    """
    problems = tuple(_problems(name, purpose, due_on, subjects, today))
    if problems or due_on is None:
        text = Text("征集没有建立，请按下列各项修改。", "No campaign was made; correct this:")
        raise YumiaoError("campaign.refused", text, problems)
    campaign = Campaign.objects.create(
        name=name.strip(),
        family=family,
        purpose=purpose.strip(),
        due_on=postponed(working_calendar(), due_on),
        created_by=by,
        created_at=now,
    )
    CampaignFirm.objects.bulk_create(
        CampaignFirm(campaign=campaign, subject=subject) for subject in dict.fromkeys(subjects)
    )
    _note(campaign.id, "campaign.created", by, now, firms=len(set(subjects)), family=family)
    return campaign


def _problems(
    name: str, purpose: str, due_on: dt.date | None, subjects: Collection[str], today: dt.date
) -> list[Problem]:
    found = []
    if not 1 <= len(name.strip()) <= 80:
        found.append(_problem("name", "请写名称，最多 80 字。", "Give it a name of at most 80 characters."))
    if not 1 <= len(purpose.strip()) <= 500:
        found.append(
            _problem(
                "purpose",
                "请写目的，企业会看到，最多 500 字。",
                "Say what it is for, in at most 500 characters.",
            )
        )
    if due_on is None or not today <= due_on <= today + dt.timedelta(days=366):
        found.append(
            _problem(
                "due_on", "截止日应在今天之后、一年之内。", "The last day is today or later, within a year."
            )
        )
    if not 1 <= len(subjects) <= MOST_FIRMS:
        found.append(
            _problem(
                "subjects",
                f"应选 1–{MOST_FIRMS} 家企业，现为 {len(subjects)} 家。",
                f"Choose 1 to {MOST_FIRMS} firms; found {len(subjects)}.",
            )
        )
    return found


def _problem(path: str, zh: str, en: str) -> Problem:
    return Problem(f"campaign.{path}", Text(zh, en), path=path)


def campaign_stream(campaign: str) -> Stream:
    """Return the journal's stream of a campaign."""
    return Stream("campaign", campaign)


def _note(campaign: str, act: str, by: str, now: dt.datetime, **payload: Value) -> None:
    record(stream=campaign_stream(campaign), act=act, actor=by, at=now, payload=payload)


# ── its questions ─────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def include_question(
    *, campaign: str, column: str, is_included: bool, by: str, now: dt.datetime, firm: int | None = None
) -> int:
    """Ask for a fact, or leave it out; returns at how many firms that changed.

    Args:
        firm: only at this firm; None: at every firm that was not asked yet.
    Raises: YumiaoError (``campaign.over``).
    """
    _locked(campaign, (CampaignState.DRAFT, CampaignState.OPEN))
    rows = AskedFact.objects.filter(firm__campaign=campaign, firm__state=FirmState.NOT_SENT, column=column)
    if firm is not None:
        rows = rows.filter(firm=firm)
    changed = rows.exclude(is_included=is_included).update(is_included=is_included)
    if changed:
        act = "campaign.question_included" if is_included else "campaign.question_left_out"
        _note(campaign, act, by, now, column=column, firms=changed)
    return changed


@transaction.atomic
def pick_questions(*, campaign: str, columns: Collection[str], by: str, now: dt.datetime) -> int:
    """Ask, of what is prepared, for these facts and no other, wherever nobody was asked yet; returns what changed.

    Args:
        columns: the facts to ask for; each firm is asked for those that were prepared for it.
    Raises: YumiaoError (``campaign.over``).
    """
    _locked(campaign, (CampaignState.DRAFT, CampaignState.OPEN))
    rows = AskedFact.objects.filter(firm__campaign=campaign, firm__state=FirmState.NOT_SENT)
    wanted = rows.filter(column__in=columns)
    changed = wanted.filter(is_included=False).update(is_included=True)
    changed += rows.exclude(column__in=columns).filter(is_included=True).update(is_included=False)
    if changed:
        _note(campaign, "campaign.questions_picked", by, now, columns=sorted(set(columns)), questions=changed)
    return changed


@transaction.atomic
def add_question(*, campaign: str, column: str, by: str, now: dt.datetime) -> int:
    """Ask every firm that was not asked yet for one more fact; returns how many are asked for it now.

    Raises: YumiaoError (``proposal.column``) for a fact that firms are not asked for; (``campaign.over``).
    """
    _locked(campaign, (CampaignState.DRAFT, CampaignState.OPEN))
    asked = asked_fact(library(), column)
    firms = CampaignFirm.objects.filter(campaign=campaign, state=FirmState.NOT_SENT)
    added = firms.exclude(questions__column=column)
    rows = [
        AskedFact(firm=each, column=column, text_zh=asked.label.zh, text_en=asked.label.en) for each in added
    ]
    AskedFact.objects.bulk_create(rows)
    again = include_question(campaign=campaign, column=column, is_included=True, by=by, now=now)
    _note(campaign, "campaign.question_added", by, now, column=column, firms=len(rows))
    return len(rows) + again


# ── who looks after whom ──────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def assign_firms(*, campaign: str, firms: Collection[int], to: str, by: str, now: dt.datetime) -> int:
    """Let an officer or town officer look after some firms of a campaign, or nobody; returns how many changed.

    Args:
        firms: numbers of rows of the campaign.
        to: opaque id of the person; empty: nobody.
    Raises: YumiaoError (``campaign.assignee``) where nobody of the office has that id.
    """
    roles = (Role.OFFICER, Role.TOWN)
    if to and not Person.objects.filter(id=to, role__in=roles, is_active=True).exists():
        text = Text("只能分给区级或镇级经办。", "Only officers and town officers look after firms.")
        raise YumiaoError("campaign.assignee", text)
    rows = CampaignFirm.objects.filter(campaign=campaign, id__in=firms).exclude(assignee=to)
    changed = rows.update(assignee=to)
    if changed:
        _note(campaign, "campaign.assigned", by, now, person=to, firms=changed)
        if to:
            post(
                kind="campaign.assigned", to=[to], arguments={"campaign": campaign, "firms": changed}, now=now
            )
    return changed


# ── starting, ending, undoing ─────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def start_campaign(*, campaign: str, by: str, now: dt.datetime) -> None:
    """Open a campaign: its firms may be asked now. Raises: YumiaoError (``campaign.over``, ``campaign.not_ready``)."""
    row = _locked(campaign, (CampaignState.DRAFT,))
    if CampaignFirm.objects.filter(campaign=row, prepared_at=None).exists():
        text = Text("问题还在准备，请稍候再发。", "The questions are still being prepared; wait a moment.")
        raise YumiaoError("campaign.not_ready", text)
    _change(row, CampaignState.OPEN, "campaign.started", by, now)


@transaction.atomic
def end_campaign(*, campaign: str, is_cancelled: bool, by: str, now: dt.datetime) -> None:
    """Close a campaign, or cancel it: nobody is asked or reminded any more; proposals stay what they are.

    Raises: YumiaoError (``campaign.over``).
    """
    row = _locked(campaign, (CampaignState.DRAFT, CampaignState.OPEN))
    state = CampaignState.CANCELLED if is_cancelled else CampaignState.CLOSED
    _change(row, state, f"campaign.{state.value}", by, now)


@transaction.atomic
def reopen_campaign(*, campaign: str, by: str, now: dt.datetime) -> None:
    """Undo an end: open again where somebody was asked already, else a draft. Raises: YumiaoError."""
    row = _locked(campaign, (CampaignState.CLOSED, CampaignState.CANCELLED))
    was_open = CampaignFirm.objects.filter(campaign=row).exclude(sent_at=None).exists()
    _change(row, CampaignState.OPEN if was_open else CampaignState.DRAFT, "campaign.reopened", by, now)


def _change(row: Campaign, state: CampaignState, act: str, by: str, now: dt.datetime) -> None:
    row.state = state
    row.ended_at = now if state in (CampaignState.CLOSED, CampaignState.CANCELLED) else None
    row.save(update_fields=["state", "ended_at"])
    _note(row.id, act, by, now)


def _locked(campaign: str, states: tuple[CampaignState, ...]) -> Campaign:
    row = Campaign.objects.select_for_update().filter(id=campaign).first()
    if row is None:
        raise YumiaoError("campaign.unknown", Text("没有这个征集。", "There is no such campaign."))
    if row.state not in states:
        words = CampaignState(row.state).words
        raise YumiaoError(
            "campaign.over",
            Text(
                f"这个征集现在是“{words.zh}”，不能这样做。",
                f"The campaign is {words.en}; that cannot be done now.",
            ),
        )
    return row


@transaction.atomic
def close_firm(*, firm: int, by: str, now: dt.datetime) -> None:
    """Let a firm of a campaign be done with, whatever it answered. Done twice, it is done once."""
    row = CampaignFirm.objects.select_for_update().get(id=firm)
    if row.state != FirmState.CLOSED:
        row.state = FirmState.CLOSED
        row.save(update_fields=["state"])
        _note(row.campaign_id, "campaign.firm_closed", by, now, subject=row.subject)

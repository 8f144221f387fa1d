"""What is asked about campaigns: the list, one with its counts, its firms, a firm's own open questions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet, Sum

from yumiao.district.accounts.models import Person
from yumiao.district.accounts.reading_as import subjects_now
from yumiao.district.accounts.roles import Role
from yumiao.district.accounts.selectors import Actor
from yumiao.district.campaigns.models import AskedFact, Campaign, CampaignFirm
from yumiao.district.campaigns.states import CampaignState, FirmState
from yumiao.district.divisions.naming import PlaceNames
from yumiao.district.joining.selectors import subjects_with_people
from yumiao.district.permissions import visible_to
from yumiao.district.registry.aliases import speaks_of
from yumiao.district.registry.models import Subject
from yumiao.district.registry.packs import policy_title
from yumiao.district.registry.places import place_names
from yumiao.district.registry.searching import matching
from yumiao.district.registry.selectors import ids_read_as, policy_choices
from yumiao.model.text import Text

_ANSWERED = ~Q(proposal="") | Q(is_unknown=True) | Q(is_confirmed=True)


@dataclass(frozen=True)
class ListedCampaign:
    """One campaign with how many firms are how far."""

    id: str
    name: str
    policy: Text
    purpose: str
    due_on: dt.date
    state: CampaignState
    created_by: str
    created_at: dt.datetime
    counts: Mapping[FirmState, int] = field(default_factory=dict)

    @property
    def firms(self) -> int:
        """How many firms it asks."""
        return sum(self.counts.values())

    @property
    def answered(self) -> int:
        """How many have answered everything, or are done with."""
        done = (FirmState.ANSWERED, FirmState.ACCEPTED, FirmState.CLOSED)
        return sum(self.counts.get(each, 0) for each in done)


def campaigns_wanted(actor: Actor, *, state: CampaignState | None) -> QuerySet[Campaign]:
    """Return the campaigns that ask a firm which an actor may see, those due first first."""
    seen = CampaignFirm.objects.filter(_is_seen(actor))
    found = Campaign.objects.filter(Q(id__in=seen.values("campaign")) | Q(created_by=actor.id))
    if state is not None:
        found = found.filter(state=state)
    return found.order_by("due_on", "id")


def _is_seen(actor: Actor, text: str = "", column: str = "subject") -> Q:
    return speaks_of(Subject.objects.filter(visible_to(actor), matching(text)), column)


def listed_campaigns(actor: Actor, rows: Iterable[Campaign]) -> list[ListedCampaign]:
    """Return campaigns with the counts of the firms that an actor may see; two queries, however many."""
    found = list(rows)
    firms = CampaignFirm.objects.filter(_is_seen(actor), campaign__in=found)
    counted: dict[str, dict[FirmState, int]] = {}
    for campaign, state, count in (
        firms.values_list("campaign", "state").annotate(count=Count("id")).order_by()
    ):
        counted.setdefault(campaign, {})[FirmState(state)] = count
    titles = {choice.family: choice.title for choice in policy_choices()}
    return [
        ListedCampaign(
            row.id,
            row.name,
            _policy_words(row.family, titles),
            row.purpose,
            row.due_on,
            CampaignState(row.state),
            row.created_by,
            row.created_at,
            counted.get(row.id, {}),
        )
        for row in found
    ]


def _policy_words(family: str, titles: Mapping[str, Text]) -> Text:
    if not family:
        return Text("各项政策", "every policy")
    return titles.get(family) or policy_title(family, "")


def campaign_for(actor: Actor, campaign: str) -> Campaign | None:
    """Return a campaign that an actor may see; None where there is none such."""
    return campaigns_wanted(actor, state=None).filter(id=campaign).first()


def sees_all_firms(actor: Actor, campaign: str) -> bool:
    """Say whether an actor may see every firm of a campaign: only then may they act on all of it."""
    return not CampaignFirm.objects.filter(~_is_seen(actor), campaign=campaign).exists()


@dataclass(frozen=True)
class WantedFirms:
    """What the list of a campaign's firms was asked for; None and empty: any. ``assignee`` "-" is nobody."""

    state: FirmState | None = None
    assignee: str = ""
    text: str = ""


@dataclass(frozen=True)
class ListedFirm:
    """One firm of a campaign, with how much of what it was asked is answered.

    Attributes:
        has_people: whether anybody could be asked.
    """

    number: int
    subject: str
    name: str
    place: str
    state: FirmState
    assignee: str
    asked: int
    answered: int
    has_people: bool
    sent_at: dt.datetime | None
    seen_at: dt.datetime | None
    reminded_on: dt.date | None


def firms_wanted(actor: Actor, campaign: str, wanted: WantedFirms) -> QuerySet[CampaignFirm]:
    """Return the firms of a campaign that an actor may see and asked for, in a fixed order."""
    found = CampaignFirm.objects.filter(_is_seen(actor, wanted.text), campaign=campaign)
    if wanted.state is not None:
        found = found.filter(state=wanted.state)
    if wanted.assignee:
        found = found.filter(assignee="" if wanted.assignee == "-" else wanted.assignee)
    return found.order_by("id")


def listed_firms(rows: Iterable[CampaignFirm]) -> list[ListedFirm]:
    """Return firms with names, assignees and how much is answered; a fixed number of queries, however many."""
    found = list(rows)
    subjects = {row.subject for row in found}
    now = subjects_now(subjects)
    found_subjects = {each.id: each for each in Subject.objects.filter(id__in=set(now.values()))}
    named = {old: found_subjects[new] for old, new in now.items() if new in found_subjects}
    counted = {
        number: (asked, answered)
        for number, asked, answered in AskedFact.objects.filter(firm__in=found, is_included=True)
        .values_list("firm")
        .annotate(asked=Count("id"), answered=Count("id", filter=_ANSWERED))
        .order_by()
    }
    labels = dict(Person.objects.filter(id__in={row.assignee for row in found}).values_list("id", "label"))
    with_people = subjects_with_people(subjects)
    names = place_names()
    return [
        _listed_firm(
            row,
            named.get(row.subject),
            counted.get(row.pk, (0, 0)),
            labels,
            row.subject in with_people,
            names,
        )
        for row in found
    ]


def _listed_firm(
    row: CampaignFirm,
    subject: Subject | None,
    counts: tuple[int, int],
    labels: Mapping[str, str],
    has_people: bool,
    names: PlaceNames,
) -> ListedFirm:
    return ListedFirm(
        row.pk,
        row.subject,
        (subject.name or subject.code or subject.id) if subject else row.subject,
        names.of(subject.territory) if subject else "",
        FirmState(row.state),
        labels.get(row.assignee, ""),
        counts[0],
        counts[1],
        has_people,
        row.sent_at,
        row.seen_at,
        row.reminded_on,
    )


@dataclass(frozen=True)
class CampaignQuestion:
    """One fact that a campaign asks for: at how many firms, and at how many it is left out.

    Attributes:
        settling: at how many firms some answer to it settles a verdict by itself.
        conditions: how many open conditions of all these firms rest on it.
        is_added: asked by an officer, not by the engine: nobody said what it settles.
    """

    column: str
    text: Text
    asked: int
    left_out: int
    settling: int = 0
    conditions: int = 0
    is_added: bool = False


def campaign_questions(actor: Actor, campaign: str) -> list[CampaignQuestion]:
    """Return what a campaign may ask the firms that an actor may see, what settles most verdicts first."""
    rows = AskedFact.objects.filter(_is_seen(actor, column="firm__subject"), firm__campaign=campaign)
    counted = (
        rows.values_list("column", "text_zh", "text_en")
        .annotate(
            asked=Count("id", filter=Q(is_included=True)),
            out=Count("id", filter=Q(is_included=False)),
            settling=Count("id", filter=Q(alone=True)),
            conditions=Sum("settles"),
        )
        .order_by()
    )
    found: dict[str, CampaignQuestion] = {}
    for column, zh, en, asked, out, settling, conditions in counted:
        each = CampaignQuestion(
            column, Text(zh, en), asked, out, settling, conditions or 0, conditions is None
        )
        found[column] = _joined(found[column], each) if column in found else each
    return sorted(found.values(), key=_worth)


def _joined(one: CampaignQuestion, other: CampaignQuestion) -> CampaignQuestion:
    """Return one fact that is asked in different words at different firms, in those used most."""
    most = max(one, other, key=lambda each: (each.asked + each.left_out, each.text.zh))
    return CampaignQuestion(
        one.column,
        most.text,
        one.asked + other.asked,
        one.left_out + other.left_out,
        one.settling + other.settling,
        one.conditions + other.conditions,
        one.is_added and other.is_added,
    )


def _worth(each: CampaignQuestion) -> tuple[int, int, int, str]:
    return -each.settling, -each.conditions, -each.asked - each.left_out, each.text.zh


@dataclass(frozen=True)
class FirmQuestion:
    """One fact that a firm is asked for, and what came of it."""

    number: int
    column: str
    text: Text
    is_included: bool
    is_unknown: bool
    is_confirmed: bool
    proposal: str
    is_settled: bool

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return not self.proposal and not self.is_unknown and not self.is_confirmed


def questions_of_firm(firm: int) -> list[FirmQuestion]:
    """Return what one firm of a campaign is asked."""
    return [_firm_question(row) for row in AskedFact.objects.filter(firm=firm).order_by("id")]


def _firm_question(row: AskedFact) -> FirmQuestion:
    return FirmQuestion(
        row.pk,
        row.column,
        Text(row.text_zh, row.text_en),
        row.is_included,
        row.is_unknown,
        row.is_confirmed,
        row.proposal,
        row.is_settled,
    )


@dataclass(frozen=True)
class OwnCampaign:
    """A campaign as one of its firms sees it."""

    name: str
    purpose: str
    due_on: dt.date
    questions: tuple[FirmQuestion, ...]

    @property
    def waits(self) -> int:
        """How many questions wait for an answer."""
        return sum(question.is_open for question in self.questions)


def open_campaigns_of(subject: str) -> list[OwnCampaign]:
    """Return what a firm is asked now, those due first first; two queries, however many."""
    firms = CampaignFirm.objects.filter(
        subject__in=ids_read_as(subject), campaign__state=CampaignState.OPEN, sent_at__isnull=False
    ).exclude(state=FirmState.CLOSED)
    rows = list(firms.select_related("campaign").order_by("campaign__due_on", "id"))
    questions: dict[int, list[FirmQuestion]] = {}
    for each in AskedFact.objects.filter(firm__in=rows, is_included=True).order_by("id"):
        questions.setdefault(each.firm_id, []).append(_firm_question(each))
    return [
        OwnCampaign(
            row.campaign.name, row.campaign.purpose, row.campaign.due_on, tuple(questions.get(row.pk, ()))
        )
        for row in rows
    ]


def assignees() -> list[tuple[str, str]]:
    """Return id and label of those who may look after firms."""
    found = Person.objects.filter(role__in=(Role.OFFICER, Role.TOWN), is_active=True).order_by(
        "role", "label", "id"
    )
    return list(found.values_list("id", "label"))


def due_soon(campaigns: QuerySet[Campaign], today: dt.date, days: int = 7) -> QuerySet[Campaign]:
    """Keep the open campaigns that end within some days, or ended, and have firms that have not answered."""
    open_ = CampaignFirm.objects.filter(state__in=(FirmState.NOT_SENT, FirmState.SENT, FirmState.SEEN))
    found = campaigns.filter(state=CampaignState.OPEN, due_on__lte=today + dt.timedelta(days=days))
    return found.filter(id__in=open_.values("campaign"))


def due_count(actor: Actor, today: dt.date) -> int:
    """Return how many campaigns that an actor may see are due soon."""
    return due_soon(campaigns_wanted(actor, state=None), today).count()

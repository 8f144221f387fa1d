"""What a demo district shows of firms themselves: codes given out, a campaign on its way, proposals that wait."""

from __future__ import annotations

import datetime as dt
from random import Random

from yumiao.district.campaigns.sending import prepare_questions, send_questions
from yumiao.district.campaigns.services import create_campaign, start_campaign
from yumiao.district.demo.seed_context import SeedContext
from yumiao.district.joining.redeeming import join_as_new_person
from yumiao.district.joining.services import change_letter, issue_code
from yumiao.district.proposals.asking import worth_asking
from yumiao.district.proposals.reading import asked_fact
from yumiao.district.proposals.services import accept_proposal, propose_fact
from yumiao.district.registry.models import OutcomeCurrent
from yumiao.district.registry.selectors import judged
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text
from yumiao.model.units import Kind

_FAMILY = "hnte"
_ASKED = 40
_JOINED = 6
_PROPOSED = 4
_TYPED = {Kind.BOOL.value: "yes", Kind.DATE.value: "2018-03-01", Kind.QUANTITY.value: "12"}


def seed_firms(context: SeedContext) -> None:
    """Give out codes, let a few firms join, ask firms near the edge, let some answer, and accept one answer."""
    officer, now = context.people["officer"], context.now
    change_letter(
        days=14,
        office="高企科（演示）",
        telephone="0519-00000000",
        address="演示大楼 1 号",
        by=officer,
        now=now,
    )
    near = OutcomeCurrent.objects.filter(
        family=_FAMILY, near_miss=True, subject__territory__startswith="320412"
    )
    subjects = list(near.order_by("distance", "subject_id").values_list("subject_id", flat=True)[:_ASKED])
    if not subjects:
        return
    people = _join(context, subjects[:_JOINED])
    people.setdefault(context.subject, context.people["enterprise"])
    campaign = create_campaign(
        name="高企申报摸底",
        family=_FAMILY,
        purpose="请核对近三年研发费用、收入和科技人员数，便于判断今年能否申报。",
        due_on=context.as_of + dt.timedelta(days=20),
        subjects=list(dict.fromkeys([context.subject, *subjects])),
        by=officer,
        now=now,
        today=context.as_of,
    )
    prepare_questions(campaign.id, now, _say_nothing)
    start_campaign(campaign=campaign.id, by=officer, now=now)
    send_questions(campaign.id, now, _say_nothing)
    answered = [_answer(context, subject, person) for subject, person in sorted(people.items())[:_PROPOSED]]
    proposals = [proposal for proposal in answered if proposal]
    if len(proposals) > 1:
        accept_proposal(proposal_id=proposals[-1], by=officer, now=now)


def _say_nothing(done: int, total: int = 0, step: Text = Text("")) -> None: ...


def _join(context: SeedContext, subjects: list[str]) -> dict[str, str]:
    """Give out a code for each firm; every second one is redeemed."""
    random = Random(f"firms {context.seed}")  # noqa: S311 - of a demonstration
    people = {}
    for number, subject in enumerate(subjects):
        issued = issue_code(subject=subject, days=14, by=context.people["officer"], now=context.now)
        if number % 2 == 0:
            person = join_as_new_person(
                written=issued.written,
                login=f"demo-firm-{number + 1}",
                password=f"demo-{random.getrandbits(64):x}",
                label="企业 · 财务",
                now=context.now,
                address="demo",
            )
            people[subject] = person.id
    return people


def _answer(context: SeedContext, subject: str, person: str) -> str:
    """Answer the first question that can be answered with an invented value; returns the proposal, empty for none."""
    found = judged()
    for question in worth_asking(found.answers(subject)) if found else ():
        asked = asked_fact(context.library, question.column)
        typed = asked.options[0][0] if asked.options else _TYPED.get(asked.kind, "")
        try:
            return propose_fact(
                subject=subject,
                column=question.column,
                typed=typed,
                unit="",
                note="演示：见年度报表",
                author=person,
                now=context.now,
            ).id
        except YumiaoError:
            continue
    return ""

"""What the columns of a file mean: proposed, asked, answered; or written as a mapping file by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from yumiao.district.intakes import selectors, services
from yumiao.district.intakes.mapping import UNUSED
from yumiao.district.registry.packs import library
from yumiao.intake.evidence import Ask
from yumiao.intake.labels import unit_names
from yumiao.intake.proposal_answers import ANSWERED
from yumiao.intake.proposals import ColumnProposal, Standing
from yumiao.model.metrics import Metric
from yumiao.model.problems import Problem, YumiaoError
from yumiao.model.text import Text
from yumiao.model.units import Kind
from yumiao.web.views.acting import ActingRequest, acting
from yumiao.web.views.imports import allow, tabs, to_intake

_FIXED = {
    Standing.SUBJECT: Text("哪一家", "who is meant"),
    Standing.YEAR: Text("年份", "year"),
    Standing.TERRITORY: Text("地区", "territory"),
    Standing.PERSON: Text("个人信息，不入库", "about persons, never stored"),
    Standing.FIELD: Text("名单字段", "field of a list"),
}


@dataclass(frozen=True)
class ShownColumn:
    """One column of a file on the page.

    Attributes:
        number: its place, by which its fields are named.
        fixed: what it is where that is not a question of metrics; None where it is.
        choices: metrics that may be chosen, the likely one first.
        chosen: id of the metric; ``-`` for none; empty while open.
        given: what was typed, by the name of the field.
        questions: what is asked, and what was answered before.
        problem: why an answer was not understood; None where all were.
        sure: whole percent; None where nothing is proposed.
    """

    number: int
    column: ColumnProposal
    fixed: Text | None
    choices: tuple[Metric, ...]
    chosen: str
    given: Mapping[str, str]
    questions: tuple[tuple[Any, str], ...]
    problem: Problem | None
    sure: int | None
    is_open: bool


@require_http_methods(["GET", "HEAD", "POST"])
@acting
def columns(request: ActingRequest, intake: str, file: str) -> HttpResponseBase:
    """Show what each column of a file is taken for, ask what is unsure, keep what is answered."""
    allow(request)
    row = _file(intake, file)
    problems: tuple[Problem, ...] = ()
    error: YumiaoError | None = None
    if request.method == "POST":
        try:
            seen, _ = selectors.look(row)
            problems = services.answer(
                file,
                _read_answers(request.POST, seen.proposal.columns),
                by=request.actor.id,
                now=timezone.now(),
            )
        except YumiaoError as refused:
            error, problems = refused, refused.problems
        if error is None and not problems and request.POST.get("then") != "stay":
            return to_intake(intake)
        row = _file(intake, file)
    return _show(request, row, problems, error)


def _file(intake: str, file: str) -> Any:
    found = selectors.file_of(intake, file)
    if found is None:
        raise Http404
    return found


def _show(
    request: ActingRequest,
    row: Any,
    problems: tuple[Problem, ...],
    error: YumiaoError | None,
    typed: str | None = None,
) -> HttpResponseBase:
    context: dict[str, Any] = {**tabs("imports"), "intake": row.intake, "file": row, "step": 2}
    context |= {"error": error, "problems": problems, "text": row.mapping if typed is None else typed}
    try:
        seen, answered = selectors.look(row)
    except YumiaoError as refused:
        context |= {"error": error or refused, "cannot_see": True}
        return render(request, "imports/columns.html", context, status=400 if error else 200)
    by_label = {problem.path: problem for problem in problems}
    rows = [
        _shown(number, before, after, row.answers.get(before.label, {}), by_label.get(before.label))
        for number, (before, after) in enumerate(
            zip(seen.proposal.columns, answered.proposal.columns, strict=True)
        )
    ]
    context |= {
        "seen": seen,
        "rows": rows,
        "open_count": sum(each.is_open for each in rows),
        "metrics": library().metrics.values(),
        "yes_no": [each for each in library().metrics.values() if each.kind is Kind.BOOL],
        "units": unit_names(),
        "titles": library().titles,
        "file_answers": row.answers.get("", {}),
        "records": [each for each in seen.proposal.questions if each.ask is Ask.RECORDS],
        "lists": [each for each in seen.proposal.questions if each.ask is Ask.LIST],
        "further": [each for each in seen.proposal.questions if each.ask not in (Ask.RECORDS, Ask.LIST)],
        "remembered": _remembered(seen),
        "unused": UNUSED,
        "other_problems": [
            each for each in problems if each.path not in {c.label for c in seen.proposal.columns}
        ],
    }
    status = 400 if error is not None or problems else 200
    return render(request, "imports/columns.html", context, status=status)


def _remembered(seen: Any) -> list[tuple[str, Metric | None, Any]]:
    if seen.remembered is None:
        return []
    rules = seen.remembered[0].columns
    return [(rule.label, library().metrics.get(rule.metric), rule) for rule in rules]


def _shown(
    number: int,
    before: ColumnProposal,
    after: ColumnProposal,
    given: Mapping[str, str],
    problem: Problem | None,
) -> ShownColumn:
    metrics = library().metrics
    ids = [before.metric, after.metric, *(match.metric for match in before.others)]
    choices = tuple(metrics[each] for each in dict.fromkeys(ids) if each is not None and each in metrics)
    is_asked = after.standing is Standing.ASKED
    chosen = "" if is_asked else (after.metric or (UNUSED if after.standing is Standing.UNUSED else ""))
    asked = before.questions if after.metric == before.metric else after.questions
    return ShownColumn(
        number,
        after,
        _FIXED.get(after.standing),
        choices,
        chosen,
        given,
        tuple((each, given.get(each.ask.value, "")) for each in asked if each.ask in ANSWERED),
        problem,
        round(before.confidence * 100) if before.metric else None,
        is_asked or any(each.is_blocking for each in after.questions),
    )


def _read_answers(form: Mapping[str, str], shown: tuple[ColumnProposal, ...]) -> dict[str, dict[str, str]]:
    """Read the fields of the form: of each column its metric and what was asked, of the file what was asked of it."""
    found: dict[str, dict[str, str]] = {}
    for number, column in enumerate(shown):
        given = {"metric": form.get(f"c{number}-other", "").strip() or form.get(f"c{number}-metric", "")}
        for ask in ANSWERED:
            given[ask.value] = form.get(f"c{number}-{ask.value}", "").strip()[:200]
        kept = {name: text for name, text in given.items() if text}
        if kept:
            found[column.label] = kept
    whole = {
        name: form.get(f"f-{name}", "").strip()[:200]
        for name in ("records", "title", "complete", "list", "on")
    }
    found[""] = {name: text for name, text in whole.items() if text}
    return found


@require_POST
@acting
def columns_text(request: ActingRequest, intake: str, file: str) -> HttpResponseBase:
    """Keep a mapping file written by hand; what is wrong with it is named line by line."""
    allow(request)
    row = _file(intake, file)
    typed = request.POST.get("text", "").replace("\r\n", "\n")
    try:
        problems = services.write_mapping_by_hand(file, typed, by=request.actor.id, now=timezone.now())
    except YumiaoError as refused:
        return _show(request, row, refused.problems, refused, typed)
    if problems:
        text = Text("映射文件有问题，没有保存。", "The mapping file has faults and was not kept.")
        return _show(request, row, problems, YumiaoError("mapping.text", text), typed)
    return to_intake(intake)


@require_POST
@acting
def columns_anew(request: ActingRequest, intake: str, file: str) -> HttpResponseBase:
    """Begin anew with a file, without the mapping that is remembered for its kind."""
    allow(request)
    row = _file(intake, file)
    try:
        services.forget_mapping(file, by=request.actor.id, now=timezone.now())
    except YumiaoError as refused:
        return _show(request, row, (), refused)
    return redirect(f"{reverse('import-columns', args=[intake, file])}#result")

"""Rows that speak of a merged firm are seen by whoever sees the firm that it is read as; few rows cost little."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yumiao.district.accounts.roles import Role
from yumiao.district.accounts.selectors import Actor
from yumiao.district.overview.known_todos import count_ending_soon
from yumiao.district.permissions import visible_to
from yumiao.district.proposals.models import Proposal
from yumiao.district.proposals.selectors import waiting_count
from yumiao.district.registry.aliases import speaks_of
from yumiao.district.registry.models import Subject, SubjectAlias

NOW = dt.datetime(2026, 7, 20, 9, 0, tzinfo=dt.UTC)


def officer_of(*territories):
    return Actor("p1", Role.OFFICER, "何", territories)


@pytest.fixture
def proposals(ids):
    """One of a firm, one of an id that was merged into it, one of an id that nobody knows."""
    SubjectAlias.objects.create(id="s0merged", subject_id=ids["jiahe"])
    for number, subject in enumerate((ids["jiahe"], "s0merged", "s0nobody")):
        Proposal.objects.create(
            id=f"p{number}",
            subject=subject,
            column="staff_total@2025",
            value="1",
            raw="1",
            is_answer=True,
            author="p",
            proposed_at=NOW,
        )


def spoken_of(actor):
    seen = Subject.objects.filter(visible_to(actor))
    return sorted(Proposal.objects.filter(speaks_of(seen)).values_list("id", flat=True))


def test_rows_of_a_firm_and_of_those_merged_into_it_are_seen_together(proposals, ids):
    place = Subject.objects.get(id=ids["jiahe"]).territory
    assert spoken_of(officer_of(place[:6])) == ["p0", "p1"]
    assert waiting_count(officer_of(place[:6])) == 2


def test_rows_of_a_firm_elsewhere_are_not_seen(proposals):
    assert spoken_of(officer_of("110101")) == []
    assert waiting_count(officer_of("110101")) == 0


def test_titles_that_end_soon_are_counted_once_for_a_register(ids):
    actor = officer_of("320412")
    first = count_ending_soon(actor, NOW)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        again = count_ending_soon(actor, NOW)
    assert (again, len(asked)) == (first, 1)

"""Tables of proposals: what was proposed and decided, and what waits for the store."""

from __future__ import annotations

import secrets

from django.db import models

from yumiao.district.proposals.states import ProposalState


def mint_proposal_id() -> str:
    """Return a new opaque id of a proposal."""
    return "f" + secrets.token_hex(8)


class Flush(models.Model):
    """One carrying of accepted facts into the store; ``batch`` is empty until the store has them.

    ``finished_at`` is NULL until the tables here know that it has: an unfinished flush is taken up again by its id.
    """

    id = models.CharField(primary_key=True, max_length=24)
    began_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    batch = models.CharField(max_length=80, default="")

    def __str__(self) -> str:
        return f"{self.id} {self.batch}"


class Proposal(models.Model):
    """One fact that a firm says of itself.

    ``column`` names metric and year as a table of facts does. ``value`` is text as the store keeps it: whole smallest
    steps, ``true`` or ``false``, an ISO date, a category's code. ``raw`` is what was typed, ``unit`` its unit. ``note``
    says what shows it; ``evidence`` is the id of the attachment that does, empty for none. ``before_…`` is what counted
    when it was proposed, NULL where nothing did; ``before_source`` is a token of the packs, empty for none. ``author``
    and ``decided_by`` are ids of persons. ``reason`` is told to the firm. ``is_answer`` tells answers to unknown facts
    from corrections of known ones.
    """

    id = models.CharField(primary_key=True, max_length=17, default=mint_proposal_id, editable=False)
    subject = models.CharField(max_length=40, db_index=True)
    column = models.CharField(max_length=100)
    value = models.CharField(max_length=80)
    raw = models.CharField(max_length=80)
    unit = models.CharField(max_length=20, default="")
    note = models.TextField(default="")
    evidence = models.CharField(max_length=32, default="")
    is_answer = models.BooleanField()
    before_value = models.CharField(max_length=80, null=True)
    before_source = models.CharField(max_length=40, default="")
    author = models.CharField(max_length=12)
    proposed_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=ProposalState.choices, default=ProposalState.PROPOSED)
    decided_by = models.CharField(max_length=12, default="")
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(default="")

    class Meta:
        indexes = (
            models.Index(fields=("state", "proposed_at", "id"), name="proposal_queue"),
            models.Index(fields=("subject", "-proposed_at"), name="proposal_of_subject"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("subject", "column"),
                condition=models.Q(state__in=("proposed", "asked_back")),
                name="proposal_open_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.id} {self.subject} {self.column}"


class Outgoing(models.Model):
    """One accepted fact on its way to the store; the outbox.

    ``flush`` is NULL until a flush takes it; from then on that flush alone carries it, however often it is begun.
    ``arrived_at`` is NULL until the store has it.
    """

    proposal = models.OneToOneField(Proposal, on_delete=models.PROTECT, related_name="outgoing")
    accepted_at = models.DateTimeField()
    flush = models.ForeignKey(Flush, on_delete=models.PROTECT, null=True, related_name="entries")
    arrived_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=("flush", "id"), name="outgoing_waiting"),)

    def __str__(self) -> str:
        return f"{self.proposal_id}"

"""Tables of campaigns."""

from __future__ import annotations

import secrets

from django.db import models

from yumiao.district.campaigns.states import CampaignState, FirmState


def mint_campaign_id() -> str:
    """Return a new opaque id of a campaign."""
    return "c" + secrets.token_hex(8)


class Campaign(models.Model):
    """One asking of many firms.

    ``family`` is the policy that it is about, ``purpose`` what firms read, ``due_on`` the last day to answer.
    ``created_by`` is the id of a person. ``ended_at`` is NULL unless it is closed or cancelled.
    """

    id = models.CharField(primary_key=True, max_length=17, default=mint_campaign_id, editable=False)
    name = models.CharField(max_length=80)
    family = models.CharField(max_length=80)
    purpose = models.TextField()
    due_on = models.DateField()
    state = models.CharField(max_length=10, choices=CampaignState.choices, default=CampaignState.DRAFT)
    created_by = models.CharField(max_length=12)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=("state", "due_on", "id"), name="campaign_by_due"),)

    def __str__(self) -> str:
        return f"{self.id} {self.state}"


class CampaignFirm(models.Model):
    """One firm of a campaign.

    ``assignee`` is the id of the person who looks after it, empty for nobody. ``prepared_at`` is NULL until its
    questions were taken from the engine; ``sent_at`` until they were sent; ``seen_at`` until somebody of the firm
    opened them; ``reminded_on`` until a reminder went out, then the day of the latest.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="firms")
    subject = models.CharField(max_length=40, db_index=True)
    assignee = models.CharField(max_length=12, default="")
    state = models.CharField(max_length=10, choices=FirmState.choices, default=FirmState.NOT_SENT)
    prepared_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    reminded_on = models.DateField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("campaign", "subject"), name="campaign_firm_once"),)
        indexes = (models.Index(fields=("campaign", "state", "id"), name="campaign_firm_state"),)

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.subject} {self.state}"


class AskedFact(models.Model):
    """One fact that a campaign asks a firm for.

    ``text_zh`` and ``text_en`` are the question; ``is_included`` is false where an officer left it out. ``proposal``
    is the id of the firm's latest proposal of it, empty for none; ``is_unknown`` where the firm said that it does not
    know, which settles the question and leaves the fact unknown; ``is_confirmed`` where it said
    that what is known is so. ``settles`` counts the open conditions of the firm that rest on the fact, NULL where an
    officer asked for it and not the engine; ``alone`` where some answer to it settles a verdict by itself.
    """

    firm = models.ForeignKey(CampaignFirm, on_delete=models.CASCADE, related_name="questions")
    column = models.CharField(max_length=100)
    text_zh = models.TextField()
    text_en = models.TextField()
    is_included = models.BooleanField(default=True)
    proposal = models.CharField(max_length=17, default="")
    is_settled = models.BooleanField(default=False)
    is_unknown = models.BooleanField(default=False)
    is_confirmed = models.BooleanField(default=False)
    settles = models.PositiveSmallIntegerField(null=True)
    alone = models.BooleanField(default=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("firm", "column"), name="asked_once"),)
        indexes = (models.Index(fields=("column", "firm"), name="asked_by_column"),)

    def __str__(self) -> str:
        return f"{self.firm_id} {self.column}"

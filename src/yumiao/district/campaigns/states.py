"""Where a campaign stands, and how far each of its firms is."""

from __future__ import annotations

from django.db import models

from yumiao.model.text import Text


class CampaignState(models.TextChoices):
    """Where a campaign stands; only an open one asks anybody anything."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"

    @property
    def words(self) -> Text:
        return _CAMPAIGN[self]


class FirmState(models.TextChoices):
    """How far a firm is with what it was asked."""

    NOT_SENT = "not_sent"
    SENT = "sent"
    SEEN = "seen"
    ANSWERED = "answered"
    ACCEPTED = "accepted"
    CLOSED = "closed"

    @property
    def words(self) -> Text:
        return _FIRM[self]


WAITING = (FirmState.SENT, FirmState.SEEN)
"""Asked and not answered: whom a reminder goes to."""

_CAMPAIGN = {
    CampaignState.DRAFT: Text("草稿", "draft"),
    CampaignState.OPEN: Text("进行中", "open"),
    CampaignState.CLOSED: Text("已结束", "closed"),
    CampaignState.CANCELLED: Text("已取消", "cancelled"),
}
_FIRM = {
    FirmState.NOT_SENT: Text("未发", "not sent"),
    FirmState.SENT: Text("已发", "sent"),
    FirmState.SEEN: Text("已看", "seen"),
    FirmState.ANSWERED: Text("已答", "answered"),
    FirmState.ACCEPTED: Text("已采纳", "accepted"),
    FirmState.CLOSED: Text("已了结", "closed"),
}

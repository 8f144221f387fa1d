"""Where a proposal stands."""

from __future__ import annotations

from django.db import models

from yumiao.model.text import Text


class ProposalState(models.TextChoices):
    """Where a proposal stands."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    ASKED_BACK = "asked_back"
    WITHDRAWN = "withdrawn"

    @property
    def words(self) -> Text:
        return STATE_WORDS[self]


STATE_WORDS = {
    ProposalState.PROPOSED: Text("待审", "waiting"),
    ProposalState.ACCEPTED: Text("已采纳", "accepted"),
    ProposalState.REFUSED: Text("未采纳", "refused"),
    ProposalState.ASKED_BACK: Text("请补充", "asked back"),
    ProposalState.WITHDRAWN: Text("已撤回", "withdrawn"),
}

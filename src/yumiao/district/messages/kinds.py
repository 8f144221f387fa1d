"""What messages say: one template for each kind, with places for ids and whole numbers only."""

from __future__ import annotations

import json
import string
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from yumiao.model.text import Text, plural


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of message.

    Attributes:
        text: the sentence; ``{name}`` stands for an id or a number of the message, ``{name:one|many}`` for the word
            that follows that number.
        address: page of the site that the message leads to, with the same places; empty for none.
    """

    text: Text
    address: str = ""

    @property
    def places(self) -> frozenset[str]:
        """Return the names of what a message of this kind has to say."""
        return _places(self.text.zh) | _places(self.address)


def _places(template: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in string.Formatter().parse(template) if name)


KINDS: Mapping[str, Kind] = {
    "account.created": Kind(
        Text("账号已开通，编号 {person}。", "Your account is open; its id is {person}."), "/messages/"
    ),
    "account.sign_in_paused": Kind(
        Text(
            "账号 {person} 连续登录失败，暂停登录 15 分钟。",
            "Sign-in to account {person} failed repeatedly and is paused for 15 minutes.",
        )
    ),
    "campaign.asked": Kind(
        Text(
            "主管部门请贵企业在 {due} 前回答 {count} 个问题。",
            "The bureau asks your firm {count} {count:question|questions}, to be answered by {due}.",
        ),
        "/my/{subject}/questions/",
    ),
    "campaign.reminded": Kind(
        Text(
            "提醒：还有 {count} 个问题请在 {due} 前回答。",
            "A reminder: {count} {count:question is|questions are} to be answered by {due}.",
        ),
        "/my/{subject}/questions/",
    ),
    "campaign.assigned": Kind(
        Text(
            "征集 {campaign} 分派给您 {firms} 家企业。",
            "Campaign {campaign}: {firms} {firms:firm was|firms were} assigned to you.",
        ),
        "/campaigns/{campaign}/",
    ),
    "proposal.accepted": Kind(
        Text("贵企业的填报 {proposal} 已采纳。", "Your proposal {proposal} was accepted."),
        "/my/{subject}/proposals/",
    ),
    "proposal.refused": Kind(
        Text(
            "贵企业的填报 {proposal} 未采纳，请看理由。",
            "Your proposal {proposal} was not accepted; please read why.",
        ),
        "/my/{subject}/proposals/",
    ),
    "proposal.asked_back": Kind(
        Text("贵企业的填报 {proposal} 请补充。", "Please add something to your proposal {proposal}."),
        "/my/{subject}/proposals/",
    ),
    "account.factor_reset": Kind(
        Text(
            "账号 {person} 的两步验证已重置，下次登录时重新设置。",
            "The second factor of account {person} was reset; set up a new one with the next sign-in.",
        )
    ),
    "title.ending": Kind(
        Text(
            "贵企业有资质将在 {days} 天内到期，请准备重新认定。",
            "A title of your enterprise ends within {days} days; prepare to apply again.",
        ),
        "/enterprises/{subject}/",
    ),
    "title.ending_office": Kind(
        Text(
            "新增 {count} 家企业的资质将在 {days} 天内到期，还没有续期。",
            "{count} more {count:enterprise has|enterprises have} a title that ends within {days} days and is not "
            "renewed.",
        ),
        "/enterprises/?state=ending90",
    ),
    "reminder.near": Kind(
        Text(
            "贵企业离一项政策只差一步，请看差在哪一条。",
            "Your enterprise is one step from a policy; see which clause it is.",
        ),
        "/enterprises/{subject}/?policy={policy}",
    ),
    "reminder.near_office": Kind(
        Text(
            "辖区内有企业离一项政策只差一步，还没有账号，请与它联系。",
            "An enterprise of your division is one step from a policy and has no account yet; please get in touch.",
        ),
        "/enterprises/{subject}/?policy={policy}",
    ),
    "firm.merged": Kind(
        Text(
            "两个企业编号已认定为同一家：{merged} 并入 {subject}。两边的人都代表这家企业，岗位不变。",
            "Two ids were found to be one firm: {merged} is read as {subject}. People of both speak for it, with the "
            "posts they had.",
        ),
        "/my/{subject}/",
    ),
    "firm.taken_apart": Kind(
        Text(
            "企业 {subject} 与另一家的合并已撤回，各回各家。",
            "Enterprise {subject} was taken apart from another one; each has its own people again.",
        ),
        "/my/{subject}/",
    ),
    "account.disabled": Kind(Text("账号 {person} 已停用。", "Account {person} was disabled.")),
}


class _Sentences(string.Formatter):
    """Fills the places of a sentence; see `Kind.text`."""

    def format_field(self, value: Any, format_spec: str) -> str:
        """Return a value, or where the place offers two words the one that follows it."""
        one, offered, many = format_spec.partition("|")
        return plural(value, one, many) if offered else str(super().format_field(value, format_spec))


_SENTENCES = _Sentences()


def message_text(kind: str, arguments: str) -> Text:
    """Return the sentence of a message; ``arguments`` is JSON. A kind that is gone is shown by its token."""
    known = KINDS.get(kind)
    if known is None:
        return Text(kind)
    values = json.loads(arguments)
    return Text(*(_SENTENCES.vformat(words, (), values) for words in (known.text.zh, known.text.en)))


def message_address(kind: str, arguments: str) -> str:
    """Return the page that a message leads to, empty for none."""
    known = KINDS.get(kind)
    return known.address.format_map(json.loads(arguments)) if known else ""

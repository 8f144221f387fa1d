"""Who may do what, and why not: the one place that decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from django.db.models import Q

from yumiao.district.accounts.roles import PLACED, Role
from yumiao.district.accounts.selectors import Actor
from yumiao.model.text import Text


class Operation(StrEnum):
    """What can be asked for."""

    LIST_SUBJECTS = "list_subjects"
    EXPORT_SUBJECTS = "export_subjects"
    SEE_SUBJECT = "see_subject"
    CREATE_PERSON = "create_person"
    DISABLE_PERSON = "disable_person"
    SEE_POLICIES = "see_policies"
    COMPARE_VERSIONS = "compare_versions"
    SEE_JOURNAL = "see_journal"
    EXPORT_JOURNAL = "export_journal"
    JUDGE_FACTS = "judge_facts"
    IMPORT_FILES = "import_files"
    CHANGE_BATCHES = "change_batches"
    DECIDE_IDENTITY = "decide_identity"
    SETTLE_FACTS = "settle_facts"
    LIST_PEOPLE = "list_people"
    CHANGE_PERSON = "change_person"
    RESET_PERSON = "reset_person"
    LIST_TOKENS = "list_tokens"
    CREATE_TOKEN = "create_token"  # noqa: S105 - the name of an operation
    REVOKE_TOKEN = "revoke_token"  # noqa: S105 - the same
    SET_REFERENCE = "set_reference"
    SET_RETENTION = "set_retention"
    SEE_SOURCES = "see_sources"
    SEE_INDICATORS = "see_indicators"
    SET_INDICATORS = "set_indicators"
    MAKE_BRIEF = "make_brief"
    SEE_CALL_LIST = "see_call_list"
    SEE_DELIVERIES = "see_deliveries"
    RETRY_DELIVERIES = "retry_deliveries"
    LIST_CODES = "list_codes"
    ISSUE_CODE = "issue_code"
    EDIT_LETTER = "edit_letter"
    SEE_OWN_FIRM = "see_own_firm"
    MANAGE_FIRM = "manage_firm"
    PROPOSE_FACT = "propose_fact"
    LIST_PROPOSALS = "list_proposals"
    DECIDE_PROPOSAL = "decide_proposal"
    LIST_CAMPAIGNS = "list_campaigns"
    RUN_CAMPAIGN = "run_campaign"
    KEEP_RECORDS = "keep_records"
    REVEAL_CONTACT = "reveal_contact"
    SEND_REMINDER = "send_reminder"
    SEE_CHAINS = "see_chains"
    KEEP_CHAINS = "keep_chains"
    PLACE_SUBJECT = "place_subject"
    DISMISS_SUGGESTION = "dismiss_suggestion"


@dataclass(frozen=True)
class Decision:
    """Whether something may be done; a refusal always says why."""

    allowed: bool
    reason: Text = Text("")


class Placed(Protocol):
    """A subject as permissions see it; ``territory`` is empty where nobody said."""

    @property
    def id(self) -> str: ...

    @property
    def territory(self) -> str: ...


ALLOWED = Decision(allowed=True)
_LIST = {Operation.LIST_SUBJECTS, Operation.EXPORT_SUBJECTS, Operation.SEE_SUBJECT}
_RULES = {Operation.SEE_POLICIES, Operation.JUDGE_FACTS}
_INDICATORS = {Operation.SEE_INDICATORS, Operation.SEE_CALL_LIST}
_OFFICE = {Operation.SEE_SOURCES, Operation.SET_INDICATORS, Operation.MAKE_BRIEF}
_DELIVERIES = {Operation.SEE_DELIVERIES, Operation.RETRY_DELIVERIES}
_FIRMS = {Operation.LIST_CODES, Operation.ISSUE_CODE, Operation.LIST_PROPOSALS, Operation.LIST_CAMPAIGNS}
_RECORDS = {Operation.KEEP_RECORDS, Operation.REVEAL_CONTACT, Operation.SEND_REMINDER}
_CHAINS = {Operation.SEE_CHAINS, Operation.PLACE_SUBJECT, Operation.DISMISS_SUGGESTION}
_FIRMS_WHOLE = _FIRMS | {Operation.EDIT_LETTER, Operation.DECIDE_PROPOSAL, Operation.RUN_CAMPAIGN}
_OWN = {Operation.SEE_SUBJECT, Operation.SEE_OWN_FIRM, Operation.MANAGE_FIRM, Operation.PROPOSE_FACT}
_ABOUT_ONE = frozenset(
    {
        Operation.SEE_SUBJECT,
        Operation.ISSUE_CODE,
        Operation.SEE_OWN_FIRM,
        Operation.MANAGE_FIRM,
        Operation.PROPOSE_FACT,
        Operation.DECIDE_PROPOSAL,
        Operation.KEEP_RECORDS,
        Operation.REVEAL_CONTACT,
        Operation.SEND_REMINDER,
        Operation.PLACE_SUBJECT,
        Operation.DISMISS_SUGGESTION,
    }
)
"""What is done to one subject: who may do it at all may do it to some only."""
_IMPORTS = {
    Operation.IMPORT_FILES,
    Operation.CHANGE_BATCHES,
    Operation.DECIDE_IDENTITY,
    Operation.SETTLE_FACTS,
}
_SYSTEM = {
    Operation.LIST_PEOPLE,
    Operation.CHANGE_PERSON,
    Operation.LIST_TOKENS,
    Operation.CREATE_TOKEN,
    Operation.REVOKE_TOKEN,
    Operation.SET_REFERENCE,
}
_SECURITY = {
    Operation.LIST_PEOPLE,
    Operation.RESET_PERSON,
    Operation.LIST_TOKENS,
    Operation.REVOKE_TOKEN,
    Operation.SET_RETENTION,
}
_GRANTED: Mapping[Role, frozenset[Operation]] = {
    Role.SYSTEM_ADMIN: frozenset({Operation.CREATE_PERSON} | _SYSTEM | _DELIVERIES),
    Role.SECURITY_ADMIN: frozenset({Operation.DISABLE_PERSON} | _SECURITY),
    Role.AUDIT_ADMIN: frozenset({Operation.SEE_JOURNAL, Operation.EXPORT_JOURNAL}),
    Role.OFFICER: frozenset(
        _LIST
        | _RULES
        | _INDICATORS
        | _OFFICE
        | _DELIVERIES
        | _FIRMS_WHOLE
        | _IMPORTS
        | _RECORDS
        | _CHAINS
        | {Operation.COMPARE_VERSIONS, Operation.KEEP_CHAINS}
    ),
    Role.TOWN: frozenset(
        _LIST | _RULES | _INDICATORS | _FIRMS | _RECORDS | _CHAINS | {Operation.COMPARE_VERSIONS}
    ),
    Role.ENTERPRISE: frozenset(_OWN | _RULES),
    Role.EXPERT: frozenset(_RULES),
}

_NAMES = {
    Operation.LIST_SUBJECTS: Text("查看企业名单", "see the list of enterprises"),
    Operation.EXPORT_SUBJECTS: Text("导出企业名单", "export the list of enterprises"),
    Operation.SEE_SUBJECT: Text("查看企业", "see enterprises"),
    Operation.CREATE_PERSON: Text("新建账号", "create accounts"),
    Operation.DISABLE_PERSON: Text("停用账号", "disable accounts"),
    Operation.SEE_POLICIES: Text("查看政策", "see policies"),
    Operation.COMPARE_VERSIONS: Text("比较政策版本", "compare versions of policies"),
    Operation.SEE_JOURNAL: Text("查看留痕", "see the journal"),
    Operation.EXPORT_JOURNAL: Text("导出留痕", "export the journal"),
    Operation.LIST_PEOPLE: Text("查看账号", "see accounts"),
    Operation.CHANGE_PERSON: Text("更改角色和区划", "change roles and divisions"),
    Operation.RESET_PERSON: Text("重置口令和两步验证", "reset passwords and second steps"),
    Operation.LIST_TOKENS: Text("查看令牌", "see tokens"),
    Operation.CREATE_TOKEN: Text("新建令牌", "create tokens"),
    Operation.REVOKE_TOKEN: Text("撤销令牌", "revoke tokens"),
    Operation.SET_REFERENCE: Text("维护区划和工作日历", "keep divisions and the working calendar"),
    Operation.SET_RETENTION: Text("设定保管期限", "set retention"),
    Operation.JUDGE_FACTS: Text("判定所给的事实", "have facts judged"),
    Operation.IMPORT_FILES: Text("导入报送文件", "import files"),
    Operation.CHANGE_BATCHES: Text("撤销或恢复批次", "take batches back or bring them back"),
    Operation.DECIDE_IDENTITY: Text("认定是否同一主体", "decide who is who"),
    Operation.SETTLE_FACTS: Text("裁定不一致的事实", "settle contested facts"),
    Operation.SEE_SOURCES: Text("查看来源报送情况", "see how sources report"),
    Operation.SEE_INDICATORS: Text("查看指标", "see indicators"),
    Operation.SET_INDICATORS: Text("登记指标数值和目标", "enter values and targets of indicators"),
    Operation.MAKE_BRIEF: Text("生成月报", "make the monthly brief"),
    Operation.SEE_CALL_LIST: Text("查看电话名单", "see the call list"),
    Operation.SEE_DELIVERIES: Text("查看消息发送情况", "see how messages were delivered"),
    Operation.RETRY_DELIVERIES: Text("重发消息", "send messages again"),
    Operation.LIST_CODES: Text("查看开户码", "see the codes given out"),
    Operation.ISSUE_CODE: Text("发开户码", "give out codes"),
    Operation.EDIT_LETTER: Text("改开户信函", "change the letters"),
    Operation.SEE_OWN_FIRM: Text("使用企业自己的页面", "use the pages of a firm's own"),
    Operation.MANAGE_FIRM: Text("管理企业人员", "manage the people of a firm"),
    Operation.PROPOSE_FACT: Text("代企业填报和更正", "answer and propose for a firm"),
    Operation.LIST_PROPOSALS: Text("查看企业填报", "see what firms proposed"),
    Operation.DECIDE_PROPOSAL: Text("采纳或退回企业填报", "accept or refuse what firms proposed"),
    Operation.LIST_CAMPAIGNS: Text("查看征集", "see campaigns"),
    Operation.RUN_CAMPAIGN: Text("发起征集", "run campaigns"),
    Operation.KEEP_RECORDS: Text(
        "查看和登记企业记录、附件、联系人", "see and keep notes, files and contacts of enterprises"
    ),
    Operation.REVEAL_CONTACT: Text("查看完整联系方式", "see contacts unmasked"),
    Operation.SEND_REMINDER: Text("提醒企业", "send reminders to enterprises"),
    Operation.SEE_CHAINS: Text("查看产业链", "see industrial chains"),
    Operation.KEEP_CHAINS: Text("维护产业链和环节", "keep industrial chains and their links"),
    Operation.PLACE_SUBJECT: Text("把企业归入产业链", "place enterprises in industrial chains"),
    Operation.DISMISS_SUGGESTION: Text("不归入按代码建议的企业", "dismiss suggestions for industrial chains"),
}


def can(actor: Actor, operation: Operation, subject: Placed | None = None) -> Decision:
    """Decide whether an actor may do something, to a subject where the operation is about one."""
    if operation not in _GRANTED[actor.role]:
        role, name = actor.role.label, _NAMES[operation]
        return _refused(
            f"{role.zh}不能{name.zh}。如工作需要，请系统管理员另建相应角色的账号。",
            f"The role {role.en} may not {name.en}. If your work needs it, ask the system administrator for "
            "an account with that role.",
        )
    if operation not in _ABOUT_ONE or subject is None:
        return ALLOWED
    if actor.role is Role.ENTERPRISE:
        if subject.id in actor.subjects:
            return _decide_post(actor, operation, subject)
        return _refused(
            "您的账号不代表这家企业。请向科技主管部门索取该企业的开户码。",
            "Your account does not speak for this enterprise. Ask the bureau for a code of that enterprise.",
        )
    return _decide_place(actor, subject)


def _decide_post(actor: Actor, operation: Operation, subject: Placed) -> Decision:
    """Decide by the post that an actor has in a firm of theirs."""
    if operation is Operation.MANAGE_FIRM and subject.id not in actor.manages:
        return _refused(
            "只有主账号能管理企业人员。请找本企业的主账号。",
            "Only the firm's manager manages its people. Ask your colleague who is.",
        )
    if operation is Operation.PROPOSE_FACT and subject.id not in actor.edits:
        return _refused(
            "您只能查看，不能填报。需要填报，请本企业主账号调整。",
            "You may only read for this firm. To answer for it, ask its manager for another post.",
        )
    return ALLOWED


def _decide_place(actor: Actor, subject: Placed) -> Decision:
    if not subject.territory:
        if actor.role is Role.OFFICER:
            return ALLOWED
        return _refused(
            "这家企业的属地还不清楚，由区级经办处理。",
            "Nobody has said where this enterprise is registered; officers of the district deal with it.",
        )
    if any(subject.territory.startswith(code) for code in actor.territories):
        return ALLOWED
    places = "、".join(actor.territories) or "—"
    return _refused(
        f"这家企业不在您的辖区（{places}）。",
        f"This enterprise is not in a division that you work for ({places}).",
    )


def can_set_indicator(actor: Actor, territory: str, *, is_target: bool = False) -> Decision:
    """Decide whether an actor may enter values or targets of an indicator of a division.

    Values may be of the own divisions, of those in them, and of the districts beside them, which are compared; targets
    are of the own divisions and those in them alone.
    """
    decision = can(actor, Operation.SET_INDICATORS)
    if not decision.allowed:
        return decision
    near = actor.territories if is_target else tuple(code[:4] for code in actor.territories)
    if any(territory.startswith(code) for code in near):
        return ALLOWED
    places = "、".join(near) or "—"
    return _refused(
        f"{territory} 不在您可以登记的区划（{places}）之内。",
        f"{territory} is not in a division for which you may enter it ({places}).",
    )


def can_see_job(actor: Actor, asked_by: str) -> Decision:
    """Decide whether an actor may see how far a job is: whoever asked for it may."""
    if actor.id == asked_by:
        return ALLOWED
    return _refused(
        "这项任务由别人发起，只有发起人能看进度。",
        "Somebody else asked for this work; only they may see how far it is.",
    )


def visible_to(actor: Actor) -> Q:
    """Return the condition that keeps the subjects which `can` lets an actor see; nothing where it lets none."""
    if actor.role is Role.ENTERPRISE:
        return Q(id__in=sorted(actor.subjects))
    if actor.role not in PLACED:
        return Q(pk__in=())
    found = Q(territory="") if actor.role is Role.OFFICER else Q(pk__in=())
    for code in actor.territories:
        found |= Q(territory__startswith=code)
    return found


def visible_lines_to(actor: Actor) -> Q:
    """Return the condition that keeps the lines of the journal which `can` lets an actor see: all, or none."""
    return Q() if can(actor, Operation.SEE_JOURNAL).allowed else Q(stream__in=())


def _refused(zh: str, en: str) -> Decision:
    return Decision(allowed=False, reason=Text(zh, en))

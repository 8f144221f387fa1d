"""Words for what lines tell of. An act that has none here is shown by its token."""

from __future__ import annotations

from collections.abc import Mapping

from yumiao.model.text import Text

ACTS: Mapping[str, Text] = {
    "person.created": Text("建立账号", "account created"),
    "person.disabled": Text("停用账号", "account disabled"),
    "person.membership_ended": Text("不再代表企业", "no longer speaks for an enterprise"),
    "person.signed_in": Text("登录", "signed in"),
    "person.sign_in_failed": Text("登录失败", "sign-in failed"),
    "person.sign_in_paused": Text("登录暂停", "sign-in paused"),
    "register.rebuilt": Text("重建企业库", "register rebuilt"),
    "backup.made": Text("备份", "backup made"),
    "backup.restored": Text("由备份恢复", "restored from a backup"),
    "register.refreshed": Text("更新企业库", "register brought up to date"),
    "journal.exported": Text("导出留痕", "journal exported"),
    "indicator.file_added": Text("导入目标和数值", "file of targets and values added"),
    "indicator.value_added": Text("登记指标数值", "value of an indicator entered"),
    "indicator.value_withdrawn": Text("撤回指标数值", "value of an indicator withdrawn"),
    "indicator.value_restored": Text("恢复指标数值", "value of an indicator restored"),
    "indicator.value_chosen": Text("指定以哪个数为准", "value chosen among several"),
    "indicator.choice_taken_back": Text("取消指定", "choice among values taken back"),
    "indicator.target_set": Text("登记目标", "target set"),
    "indicator.target_withdrawn": Text("撤回目标", "target withdrawn"),
    "indicator.target_restored": Text("恢复目标", "target restored"),
}


def act_label(act: str) -> Text:
    """Return the words for an act."""
    return ACTS.get(act, Text(act))

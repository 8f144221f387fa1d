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
    "person.membership_begun": Text("开始代表企业", "began to speak for an enterprise"),
    "joining.code_issued": Text("发开户码", "code given out"),
    "joining.code_revoked": Text("开户码作废", "code revoked"),
    "joining.code_redeemed": Text("开户码使用", "code redeemed"),
    "joining.letter_changed": Text("改开户信函", "letters changed"),
    "joining.paused": Text("试码过多，暂停", "too many codes tried, paused"),
    "firm.post_changed": Text("企业人员改岗", "post in a firm changed"),
    "firm.person_removed": Text("移出企业人员", "person removed from a firm"),
    "firm.data_downloaded": Text("下载本企业数据", "own data downloaded"),
    "proposal.made": Text("企业填报", "fact proposed"),
    "proposal.accepted": Text("采纳填报", "proposal accepted"),
    "proposal.refused": Text("不采纳填报", "proposal refused"),
    "proposal.asked_back": Text("请企业补充", "proposal asked back"),
    "proposal.withdrawn": Text("撤回填报", "proposal withdrawn"),
    "proposal.reopened": Text("重新待审", "proposal opened again"),
    "proposal.flushed": Text("采纳的填报入库", "accepted facts carried into the store"),
    "register.rebuilt": Text("重建企业库", "register rebuilt"),
    "backup.made": Text("备份", "backup made"),
    "backup.restored": Text("由备份恢复", "restored from a backup"),
    "register.refreshed": Text("更新企业库", "register brought up to date"),
    "intake.received": Text("收到报送文件", "files received"),
    "intake.corrected": Text("更正报送单元格", "cells of an intake corrected"),
    "intake.rows_left_out": Text("跳过报送的行", "rows of an intake left out"),
    "intake.pair_chosen": Text("导入前辨认主体", "identity chosen before an import"),
    "intake.committed": Text("导入报送", "intake imported"),
    "intake.cancelled": Text("取消报送", "intake given up"),
    "store.import": Text("批次入库", "batch recorded"),
    "store.revert": Text("撤销批次", "batch taken back"),
    "store.restore": Text("恢复批次", "batch counts again"),
    "store.merge": Text("认定为同一主体", "two subjects decided to be one"),
    "store.separate": Text("认定为不同主体", "two subjects decided to be two"),
    "store.split": Text("拆分主体", "a subject split"),
    "store.same": Text("认定标识相同", "identifiers decided to be one"),
    "store.undo": Text("撤回决定", "a decision taken back"),
    "store.destroy": Text("销毁到期原件", "originals destroyed at their term"),
    "journal.exported": Text("导出留痕", "journal exported"),
    "brief.made": Text("生成月报", "monthly brief made"),
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

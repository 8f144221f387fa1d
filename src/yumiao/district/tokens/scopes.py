"""What a token may be used for."""

from __future__ import annotations

from enum import StrEnum

from yumiao.model.text import Text


class Scope(StrEnum):
    """One kind of request; a token has some of them, and never more rights than its person."""

    READ_SUBJECTS = "read:subjects"
    READ_FACTS = "read:facts"
    READ_VERDICTS = "read:verdicts"
    READ_POLICIES = "read:policies"
    READ_INDICATORS = "read:indicators"
    READ_IMPORTS = "read:imports"
    WRITE_IMPORTS = "write:imports"
    READ_PROPOSALS = "read:proposals"
    READ_EVIDENCE = "read:evidence"
    WRITE_PROPOSALS = "write:proposals"
    DECIDE_PROPOSALS = "decide:proposals"
    READ_IDENTITY = "read:identity"
    DECIDE_IDENTITY = "decide:identity"
    READ_JOBS = "read:jobs"
    JUDGE = "judge"

    @property
    def label(self) -> Text:
        return SCOPE_LABELS[self]


SCOPE_LABELS = {
    Scope.READ_SUBJECTS: Text("读取企业", "read enterprises"),
    Scope.READ_FACTS: Text("读取事实及来源", "read facts and their sources"),
    Scope.READ_VERDICTS: Text("读取判定", "read verdicts"),
    Scope.READ_POLICIES: Text("读取政策", "read policies"),
    Scope.READ_INDICATORS: Text("读取指标和目标", "read indicators and targets"),
    Scope.READ_IMPORTS: Text("读取报送和批次", "read uploads and batches"),
    Scope.WRITE_IMPORTS: Text(
        "报送、核对、导入，撤销和恢复批次", "upload, check and import files, take batches back"
    ),
    Scope.READ_PROPOSALS: Text("读取企业填报", "read what firms proposed"),
    Scope.READ_EVIDENCE: Text("下载填报所附的文件", "download the files that firms sent along"),
    Scope.WRITE_PROPOSALS: Text("代本企业填报和撤回", "propose facts for one's own firm, take them back"),
    Scope.DECIDE_PROPOSALS: Text("采纳或退回企业填报", "accept or decline what firms proposed"),
    Scope.READ_IDENTITY: Text("读取待辨认和已决定的主体", "read pairs to tell apart, and decisions"),
    Scope.DECIDE_IDENTITY: Text("认定是否同一主体，撤回认定", "decide who is who, take decisions back"),
    Scope.READ_JOBS: Text("读取任务进度", "read how far jobs are"),
    Scope.JUDGE: Text("判定所给的事实，不保存", "judge facts that are given, keeping nothing"),
}

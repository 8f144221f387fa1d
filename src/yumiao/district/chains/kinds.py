"""What chains and links may be: whose list, where in the chain, how sure, and how a subject came into a link."""

from __future__ import annotations

from enum import StrEnum

from yumiao.model.text import Text


class Level(StrEnum):
    """Whose list names a chain."""

    NATIONAL = "national"
    PROVINCE = "province"
    CITY = "city"
    DISTRICT = "district"
    TOWN = "town"

    @property
    def label(self) -> Text:
        return _LEVELS[self]


_LEVELS = {
    Level.NATIONAL: Text("国家", "nation"),
    Level.PROVINCE: Text("省", "province"),
    Level.CITY: Text("市", "city"),
    Level.DISTRICT: Text("区县", "district"),
    Level.TOWN: Text("镇街、园区", "town or park"),
}


class Position(StrEnum):
    """Where a link stands in its chain."""

    UPSTREAM = "upstream"
    MIDSTREAM = "midstream"
    DOWNSTREAM = "downstream"

    @property
    def label(self) -> Text:
        return _POSITIONS[self]


_POSITIONS = {
    Position.UPSTREAM: Text("上游", "upstream"),
    Position.MIDSTREAM: Text("中游", "midstream"),
    Position.DOWNSTREAM: Text("下游", "downstream"),
}


class Sureness(StrEnum):
    """How far what is written of a chain was checked; INVENTED is of a demonstration alone."""

    VERIFIED = "verified"
    MEMORY = "memory"
    PROPOSED = "proposed"
    INVENTED = "invented"

    @property
    def label(self) -> Text:
        return _SURENESS[self]


_SURENESS = {
    Sureness.VERIFIED: Text("已核对原文", "checked against the text"),
    Sureness.MEMORY: Text("凭记忆，待核对", "from memory, to be checked"),
    Sureness.PROPOSED: Text("本单位拟定", "set by this office"),
    Sureness.INVENTED: Text("演示编造", "invented for a demonstration"),
}


class Way(StrEnum):
    """How somebody came to place a subject."""

    ENTERED = "entered"
    CONFIRMED = "confirmed"
    IMPORTED = "imported"

    @property
    def label(self) -> Text:
        return _WAYS[self]


_WAYS = {
    Way.ENTERED: Text("逐家登记", "entered"),
    Way.CONFIRMED: Text("按行业代码建议，经办确认", "suggested by industry code, confirmed"),
    Way.IMPORTED: Text("文件导入", "from a file"),
}

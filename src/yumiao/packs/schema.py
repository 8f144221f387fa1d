"""JSON Schemas of pack files, so that an editor completes keys and marks mistakes while they are typed.

They describe the shape alone. What a statement means is told by checking the pack.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from yumiao.model.units import UNITS
from yumiao.packs.definitions import DefinitionFile, PackFile, TableFile
from yumiao.packs.example_files import ExampleFile
from yumiao.packs.figures import FiguresFile
from yumiao.packs.policies import PolicyVersion
from yumiao.packs.sources import SourcesFile

DRAFT = "https://json-schema.org/draft/2020-12/schema"

FILES: Mapping[str, tuple[type[BaseModel], str]] = {
    "pack": (PackFile, "规则包 pack.yaml"),
    "metrics": (DefinitionFile, "口径、台账、资质与抓手 metrics/*.yaml"),
    "sources": (SourcesFile, "来源与采信顺序 sources.yaml"),
    "table": (TableFile, "代码对照表 tables/*.yaml"),
    "figures": (FiguresFile, "已公布的数字 figures/*.yaml"),
    "policy": (PolicyVersion, "政策的一个版本 policies/<policy>/<version>.yaml"),
    "examples": (ExampleFile, "示例 examples/*.yaml"),
}

HINTS: Mapping[str, str] = {
    "also_known_as": "示例所用的另一名称 / the id that worked examples use, when it differs",
    "applies": "对谁、自何日起适用 / to whom, and on which application dates",
    "as_of": "申请日期 / the application date",
    "at_most": "上限 / the upper limit",
    "bands": "自上而下第一个符合的档 / the first band that holds",
    "base": "所依据的基础示例 / the base from which this example differs",
    "believed": "来源的采信顺序，先写的优先 / the order in which sources are believed, best first",
    "better_of": "取得分较高的一项 / the better of the options",
    "bonus": "加分项，不计入满分 / does not count towards the maximum of its parent",
    "by": "按哪个口径分档 / the metric that chooses the band",
    "cite": "条款出处 / the clause",
    "class_table": "按分类口径列出各类下限的表 / lower bounds of each class by a category",
    "classes": "类别，自上而下第一个成立的 / classes, the first that holds",
    "codes": "代码，含其下各级 / codes, with all codes below them",
    "conditions": "条件，每条一款 / testable clauses",
    "confidence": "把握程度 / how sure we are of what is written",
    "constraints": "部分不超过整体：part <= whole / between metrics of the same period",
    "counts": "本政策按台账的哪个口径计数 / which filter of the register this policy counts by",
    "default": "默认读法 / the reading taken",
    "counted_by": "由哪项资质的哪个数对照 / the count that it is compared with",
    "derived": "未收到数值时由此推导 / gives the value where none was received",
    "ends": "有效期最后一日的算法；两种说法并列时取其间 / how the last day of a term is found",
    "expected": "应得的结论，只写要紧的 / what matters of the answer",
    "facts": "事实；null 为未知 / facts; null is unknown",
    "gaps": "条件: 差距（口径的单位） / condition: gap in the metric's unit",
    "good_for": "数据有效期，如 365 天 / how long a fact may be used",
    "grants": "认定后取得的资质 / the title that it brings",
    "judged": "由人评定 / a person judges it",
    "leg": "梯度的哪一条线 / which ladder",
    "met_when": "全部成立即符合 / all of these",
    "moves": "每步改变的口径及其数量 / what one step changes",
    "need": "判断式 / the statement that has to hold",
    "of": "满分 / the maximum",
    "one_year": "只有一年时的得分 / points where there is one year only",
    "open_to": "由哪一级设定 / which level sets it",
    "otherwise": "表外代码由人认定 / a code outside the table needs a person",
    "parts": "分项，相加 / parts, added up",
    "per": "每若干单位得若干分 / points for each so much",
    "points": "分数，如 5、7–8；或由人给分的口径 / points, or the metric that holds them",
    "question": "缺数据时的问句 / what to ask where the fact is missing",
    "readings": "各种读法 / the possible readings",
    "routes": "路径，写出的顺序 / ways to qualify, in the document's order",
    "rung": "第几级，企业为0级 / how high, counted from the firm",
    "sense": "数值的含义 / how the value is meant",
    "section": "门类，其代码全部在本行 / the section, all of whose codes stand in this row",
    "settings": "口径开关: 读法 / switch: reading",
    "step": "一步的数量 / the size of one step",
    "shown_to_subject": "主体本人可否查看 / whether the subject itself may see it",
    "switches": "文本未明之处及所取读法 / where the text is silent",
    "synonyms": "文件中的其他名称 / other names in files",
    "usual": "未单列的口径按此顺序 / the order for metrics that have none of their own",
    "verdict": "结论；类别政策写类别 / the outcome, or the class",
    "when": "何时成立 / the statement",
    "windows": "申报期 / known application windows",
    "zones": "是否含单独管理的园区 / whether the zones run apart are in it",
    "younger": "actual_years：不满年限的企业按实际年度 / the years that a young firm has",
}
"""What an editor shows beside a key."""


def build_schema(name: str) -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of one kind of file: pack, metrics, table, policy or examples."""
    model, title = FILES[name]
    schema = model.model_json_schema(by_alias=True)
    for definition in (schema, *schema.get("$defs", {}).values()):
        _explain(definition)
    units = [*UNITS, "bool", "date", "category"]
    if "MetricDefinition" in schema.get("$defs", {}):
        schema["$defs"]["MetricDefinition"]["properties"]["unit"]["enum"] = units
    return {"$schema": DRAFT, **schema, "title": title}


def _explain(definition: dict[str, Any]) -> None:
    definition.pop("title", None)
    for key, value in definition.get("properties", {}).items():
        value.pop("title", None)
        if key in HINTS:
            value["description"] = HINTS[key]


def pack_schemas() -> dict[str, dict[str, Any]]:
    """Return the schemas of all kinds of files by name."""
    return {name: build_schema(name) for name in FILES}


def file_name(name: str) -> str:
    """Return the name of the file that holds a schema."""
    return f"{name}.schema.json"


def schema_text(schema: Mapping[str, Any]) -> str:
    """Return a schema as it stands in its file."""
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def write_schemas(folder: Path) -> None:
    """Write the schemas of all kinds of files into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, schema in pack_schemas().items():
        (folder / file_name(name)).write_text(schema_text(schema), encoding="utf-8")

"""Small packs written in a test: a few metrics, and policies of a few lines each."""

import datetime as dt
import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path

from yumiao.packs.library import Library, Policy, read_packs
from yumiao.rules import graph as g
from yumiao.rules.lowering import lower

AS_OF = dt.date(2026, 6, 1)

PACK = "pack: cn\nterritory: CN\ntitle: {zh: 国家级, en: National}\n"

METRICS = """\
metrics:
  sales: {label: {zh: 销售收入, en: Sales}, unit: CNY_10k, period: fiscal_year, min: 0}
  rd: {label: {zh: 研发费用, en: R&D}, unit: CNY_10k, period: fiscal_year, min: 0}
  profit: {label: {zh: 利润, en: Profit}, unit: CNY_10k, period: fiscal_year}
  assets: {label: {zh: 净资产, en: Net assets}, unit: CNY_10k, period: year_end}
  staff: {label: {zh: 职工, en: Staff}, unit: person, period: year_end, min: 0}
  tech: {label: {zh: 科技人员, en: Technicians}, unit: person, period: year_end, min: 0}
  platform: {label: {zh: 平台得分, en: Platform}, unit: point, period: calendar_year, min: 0}
  share: {label: {zh: 占有率, en: Market share}, unit: percent, period: at_application, min: 0, max: 100}
  valuation: {label: {zh: 估值, en: Valuation}, unit: USD_100m, period: at_application, min: 0}
  patents: {label: {zh: 专利, en: Patents}, unit: item, period: at_application, min: 0}
  quality: {label: {zh: 质量, en: Quality}, unit: point, period: at_application, min: 0, max: 6, whole: true}
  honest: {label: {zh: 诚信, en: Honest}, unit: bool, period: at_application}
  listed: {label: {zh: 上市, en: Listed}, unit: bool, period: at_application}
  fined: {label: {zh: 处罚, en: Fined}, unit: bool, period: fiscal_year}
  grade: {label: {zh: 等级}, unit: category, period: at_application, values: {A: {zh: 甲}, B: {zh: 乙}, C: {zh: 丙}}}
  established_on: {label: {zh: 成立日期, en: Founded}, unit: date, period: at_application}
constraints: [tech <= staff]
registers:
  ip: {label: {zh: 台账}, columns: {kind: date}, counts: {patents: {own: always}}}
titles:
  sound: {label: {zh: 优, en: Sound}, valid: 3 年}
"""

HEAD = """\
policy: {name}
version: {name}-1
title: {{zh: 甲, en: A}}
documents: [{{number: 一号}}]
applies: [{{to: [first_application, review], from: 2020-01-01}}]
"""


def policy_text(rest: str, name: str = "made") -> str:
    """Write a policy version: what every policy has, and the rest."""
    return HEAD.format(name=name) + rest


def needing(*needs: str, rest: str = "") -> str:
    """Write a policy that asks for all of some statements, as conditions C0, C1, …"""
    conditions = "".join(f"  C{number}: {{zh: 甲, need: '{need}'}}\n" for number, need in enumerate(needs))
    names = ", ".join(f"C{number}" for number in range(len(needs)))
    return policy_text(f"conditions:\n{conditions}met_when: [{names}]\n{rest}")


def write_packs(root: Path, *policies: str, metrics: str = METRICS, pack: str = PACK) -> Path:
    """Write one pack below ``root``: a file of metrics, and a file for each policy."""
    texts = {"pack.yaml": pack, "metrics/all.yaml": metrics}
    texts |= {f"policies/p{number}.yaml": text for number, text in enumerate(policies)}
    for name, text in texts.items():
        path = root / "cn" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


@cache
def library_of(*policies: str, metrics: str = METRICS) -> Library:
    """Read a pack of some policies; its shape is sound."""
    with tempfile.TemporaryDirectory() as folder:
        library, problems = read_packs([write_packs(Path(folder), *policies, metrics=metrics)])
    assert [str(problem) for problem in problems] == []
    return library


@cache
def made_library(*policies: str, metrics: str = METRICS) -> Library:
    """Read some policies over metrics that are read once: quicker, and all the same to the rules."""
    read = library_of(*policies, metrics="metrics: {}\n").policies
    return replace(library_of(metrics=metrics), policies=read)


def policy_of(text: str) -> Policy:
    """Read one policy."""
    return made_library(text).policies[0]


def graph_of(text: str, *, metrics: str = METRICS, as_of: dt.date = AS_OF, **settings: str) -> g.PolicyGraph:
    """Lower one policy."""
    library = made_library(text, metrics=metrics)
    return lower(library, library.policies[0], as_of, settings)

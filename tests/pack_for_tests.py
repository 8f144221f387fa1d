"""A small pack on disk: sound as it stands, and each test says in which words it differs."""

from pathlib import Path

from yumiao.packs.library import Library, read_packs

PACK = """\
pack: cn
territory: CN
title: {zh: 国家级, en: National}
"""

METRICS = """\
metrics:
  staff_total:
    label: {zh: 职工总数, en: All staff}
    unit: person
    period: year_end
    min: 0
    question: {zh: "{period}有多少职工？", en: "How many staff in {period}?"}
  tech_staff:
    label: {zh: 科技人员数, en: Technology staff}
    unit: person
    period: year_end
    min: 0
    question: {zh: "{period}有多少科技人员？", en: "How many technology staff in {period}?"}
  sales:
    label: {zh: 销售收入, en: Sales}
    unit: CNY_10k
    period: fiscal_year
    min: 0
    max: 1000000000
    question: {zh: "{period}销售收入是多少万元？", en: "Sales in {period}?"}
  rd_expense:
    label: {zh: 研发费用, en: R&D expense}
    unit: CNY_10k
    period: fiscal_year
    min: 0
    max: 1000000000
    question: {zh: "{period}研发费用是多少万元？", en: "R&D expense in {period}?"}
  patents:
    label: {zh: 专利数, en: Patents}
    unit: item
    period: at_application
    min: 0
    question: {zh: 有多少专利？, en: How many patents?}
  system_points:
    label: {zh: 制度得分, en: Points for rules}
    unit: point
    period: at_application
    min: 0
    max: 4
    whole: true
    judged: true
    question: {zh: 制度得几分？, en: How many points?}
  honest:
    label: {zh: 诚信, en: Honest}
    unit: bool
    period: at_application
    question: {zh: 是否诚信？, en: Is it honest?}
  holds_seed:
    label: {zh: 是育苗企业, en: Is a seedling}
    unit: bool
    period: at_application
    derived: holds(seed)
    question: {zh: 是否育苗企业？, en: Is it a seedling?}
  grade:
    label: {zh: 档次, en: Grade}
    unit: category
    values: {A: {zh: 甲, en: A}, B: {zh: 乙, en: B}}
    period: at_application
    question: {zh: 哪一档？, en: Which grade?}
  established_on:
    label: {zh: 成立日期, en: Founded on}
    unit: date
    period: at_application
    question: {zh: 何时成立？, en: When was it founded?}
constraints:
  - tech_staff <= staff_total
registers:
  ip:
    label: {zh: 台账, en: Register}
    columns:
      kind: {invention: {zh: 发明, en: Invention}, design: {zh: 外观, en: Design}}
      valid: bool
      granted_on: date
    counts:
      patents:
        seed: kind is invention and valid
titles:
  seed: {label: {zh: 育苗企业, en: Seedling}, valid: 3 年, cite: {clause: 第一条, document: 育苗〔2025〕1号}}
"""

POLICY = """\
policy: seed
version: seed-2025
title: {zh: 育苗企业, en: Seedling}
documents:
  - {number: 育苗〔2025〕1号, zh: 育苗办法, confidence: confirmed_2, sources: [text]}
judges: enterprise
applies:
  - {to: [first_application, review], from: 2025-01-01}
grants: {title: seed, valid: 3 年, cite: 第九条}
windows:
  - {round: "2026", from: 2026-06-01, until: 2026-08-31, confidence: verified_2}
counts: {patents: seed}
conditions:
  S1_staff:
    zh: 科技人员占职工总数的比例不低于10%
    en: Technology staff are at least 10 % of all staff
    cite: 第二条
    need: tech_staff / staff_total >= 10%
  S2_rd:
    zh: 近三年研发费用占销售收入的比例达到要求
    en: R&D share of three years as required
    cite: 第三条
    need: sum(rd_expense, last 3 FY) / sum(sales, last 3 FY) >= required_share
    younger: actual_years
  S3_honest:
    zh: 诚信
    en: Honest
    cite: 第四条
    need: {switch: honesty, asked: honest, waived: always}
  S4_score:
    zh: 得分不低于6分
    en: At least 6 points
    cite: 第五条
    need: total >= 6 分
parameters:
  required_share:
    cite: 第三条
    by: sales
    bands:
      - {to: 5000 万元, is: 5%}
      - {else, is: 3%}
scores:
  total:
    zh: 综合评分
    en: Score
    of: 10 分
    cite: 第五条
    parts:
      patents:
        zh: 专利
        en: Patents
        of: 4 分
        bands:
          - {when: patents >= 3 件, points: 3–4}
          - {when: patents >= 1 件, points: 1–2}
          - {else, points: 0}
      growth:
        zh: 增长
        en: Growth
        of: 2 分
        value: growth(sales)
        bands:
          - {from: 10%, points: 2}
          - {above: 0%, points: 1}
          - {else, points: 0}
      rules:
        zh: 制度
        en: Rules
        of: 4 分
        points: system_points
routes:
  score: {zh: 评分, en: Score, when: S4_score}
  graded: {zh: 评级, en: Graded, when: grade is A}
met_when: [S1_staff, S2_rd, S3_honest, any route]
switches:
  honesty:
    zh: 诚信是否考查
    en: Whether honesty is asked
    why: 办法未说明
    readings: {asked: {zh: 考查, en: asked}, waived: {zh: 不考查, en: waived}}
    default: asked
"""

EXAMPLES = """\
bases:
  sound:
    policy: seed
    as_of: 2026-06-01
    facts:
      established_on: 2020-05-01
      staff_total: 200
      tech_staff: 20
      sales: {2023: 1000, 2024: 1000, 2025: 1100}
      rd_expense: {2023: 100, 2024: 100, 2025: 100}
      patents: 3
      system_points: 2
      honest: true
      grade: B
examples:
  - id: SEED-01
    title: everything holds
    base: sound
    expected: {verdict: met}
"""


def write_pack(
    folder: Path, *, policy: str = POLICY, metrics: str = METRICS, examples: str = EXAMPLES, pack: str = PACK
) -> Path:
    """Write a pack below ``folder`` and return its root."""
    root = folder / "packs"
    files = {
        "pack.yaml": pack,
        "metrics/seed.yaml": metrics,
        "policies/seed/2025.yaml": policy,
        "examples/seed.yaml": examples,
    }
    for name, text in files.items():
        path = root / "cn" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def read_pack(folder: Path, **texts: str) -> Library:
    """Write a pack and read it; its shape is sound."""
    library, problems = read_packs([write_pack(folder, **texts)])
    assert problems == ()
    return library

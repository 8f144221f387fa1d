"""Small policies made at random, in every form of the pack language, over one set of metrics."""

import datetime as dt
import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path

from hypothesis import assume
from hypothesis import strategies as st
from tests.law_cases import Case, at_edges, date_steps

from yumiao.model.periods import column_name, split_column
from yumiao.model.units import Kind
from yumiao.packs.library import Library, Policy, read_packs
from yumiao.packs.policies import PolicyVersion
from yumiao.rules.lowering import LoweringError
from yumiao.rules.program import MagnitudeError

AS_OF = dt.date(2026, 6, 1)

PACK = "pack: cn\nterritory: CN\ntitle: {zh: 甲, en: A}\n"
METRICS = """\
metrics:
  revenue: {label: {zh: 收入}, unit: CNY_10k, period: fiscal_year, min: 0}
  cost: {label: {zh: 成本}, unit: CNY_10k, period: fiscal_year, min: 0}
  rd: {label: {zh: 研发}, unit: CNY_10k, period: fiscal_year, min: 0}
  profit: {label: {zh: 利润}, unit: CNY_10k, period: fiscal_year}
  assets: {label: {zh: 资产}, unit: CNY_10k, period: year_end, min: 0}
  net_assets: {label: {zh: 净资产}, unit: CNY_10k, period: year_end}
  staff: {label: {zh: 职工}, unit: person, period: year_end, min: 0}
  technicians: {label: {zh: 科技人员}, unit: person, period: year_end, min: 0}
  share: {label: {zh: 占有率}, unit: percent, period: at_application, min: 0, max: 100}
  patents: {label: {zh: 专利}, unit: item, period: at_application, min: 0}
  quality: {label: {zh: 质量}, unit: point, period: at_application, min: 0, max: 6, whole: true}
  platform: {label: {zh: 平台得分}, unit: point, period: calendar_year, min: 0}
  established_on: {label: {zh: 成立日期}, unit: date, period: at_application}
  honest: {label: {zh: 诚信}, unit: bool, period: at_application}
  listed: {label: {zh: 上市}, unit: bool, period: at_application}
  fined: {label: {zh: 处罚}, unit: bool, period: fiscal_year}
  grade: {label: {zh: 等级}, unit: category, period: at_application, values: {A: {zh: 甲}, B: {zh: 乙}, C: {zh: 丙}}}
constraints: [technicians <= staff, rd <= cost]
registers:
  ip: {label: {zh: 台账}, columns: {kind: date}, counts: {patents: {own: always}}}
titles:
  sound: {label: {zh: 优}, valid: 3 年}
"""

FLOWS = ("revenue", "cost", "rd", "profit")
SERIES = (*FLOWS, "assets", "net_assets")
MONEY = ("0 万元", "1 万元", "100 万元", "1000 万元", "3333.33 元", "5000 万元", "20000 万元")
SHARES = ("0%", "3%", "5%", "10%", "33.3%", "60%", "100%", "-20%")
SIGNS = st.sampled_from([">=", ">", "<=", "<", "="])


@cache
def metrics() -> Library:
    """The metrics that all policies made here speak of."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "cn" / "metrics").mkdir(parents=True)
        (Path(folder) / "cn" / "pack.yaml").write_text(PACK, encoding="utf-8")
        (Path(folder) / "cn" / "metrics" / "all.yaml").write_text(METRICS, encoding="utf-8")
        library, problems = read_packs([Path(folder)])
    assert [str(problem) for problem in problems] == []
    return library


def one_form(draw, *forms):
    """Draw one of several forms. What a form is made of is drawn only when it is taken: drawing is most of the work."""
    form = draw(st.sampled_from(forms))
    return form() if callable(form) else form


# ── statements ────────────────────────────────────────────────────────────────────────────────────────────────


@st.composite
def amounts(draw):
    """Something in money."""
    one = draw(st.sampled_from(SERIES))
    return one_form(
        draw,
        one,
        one,
        f"{one}[FY-2]",
        f"{one}[2023]",
        lambda: f"{one} - {draw(st.sampled_from(SERIES))}",
        lambda: f"{one} + {draw(st.sampled_from(SERIES))}",
        f"2 * {one}",
        f"{one} / 3",
        lambda: f"sum({draw(st.sampled_from(FLOWS))}, last {draw(st.integers(1, 3))} FY)",
        lambda: f"mean({one}, last {draw(st.integers(1, 3))} FY)",
    )


@st.composite
def ratios(draw):
    """A share, a quotient or a growth."""

    def series(*names):
        return draw(st.sampled_from(names or SERIES))

    return one_form(
        draw,
        "technicians / staff",
        "share",
        lambda: f"({draw(amounts())}) / ({draw(amounts())})",
        lambda: f"{series(*FLOWS)} / {series(*FLOWS)}",
        lambda: f"sum({series(*FLOWS)}, last 3 FY) / sum({series(*FLOWS)}, last 3 FY)",
        lambda: f"growth({series()})",
        lambda: f"compound_growth({series()}, FY-3, FY-1)",
        lambda: f"mean_growth({series('revenue', 'cost', 'assets')}, last 3 FY)",
    )


@st.composite
def comparisons(draw):
    """A comparison, or a yes/no fact."""
    sign = draw(SIGNS)

    def one_of(*values):
        return draw(st.sampled_from(values))

    def share_compared():
        return f"{draw(ratios())} {sign} {one_of(*SHARES)}"

    return one_form(
        draw,
        share_compared,
        share_compared,
        lambda: f"{draw(amounts())} {sign} {one_of(*MONEY)}",
        lambda: f"{draw(amounts())} {sign} {draw(amounts())}",
        f"sum(rd, last 2 FY) / sum(revenue, last 2 FY) {sign} required",
        f"cost {sign} floor_of_cost",
        lambda: f"staff {sign} {one_of(0, 1, 10, 300)} 人",
        lambda: f"patents {sign} {draw(st.integers(0, 4))} 件",
        f"platform {sign} 50 分",
        f"platform[CY-1] {sign} 50 分",
        lambda: f"days(established_on, application_date) {sign} {one_of(365, 730)} 天",
        lambda: f"year(established_on) {sign} {draw(st.integers(2020, 2026))}",
        "honest",
        "not listed",
        "fined",
        "holds(sound)",
        "grade is A",
        "grade is not C",
        "grade in (A, B)",
        lambda: f"in each of last 2 FY: {one_of(*FLOWS)} {sign} {one_of(*MONEY)}",
        lambda: f"in any of last 2 FY: rd / revenue {sign} {one_of(*SHARES)}",
    )


@st.composite
def statements(draw, named=()):
    """Comparisons and earlier conditions put together."""
    parts = draw(
        st.lists(
            st.one_of(comparisons(), *([st.sampled_from(named)] if named else [])), min_size=1, max_size=3
        )
    )
    if len(parts) == 1:
        return draw(
            st.sampled_from(
                [parts[0], parts[0], f"not ({parts[0]})" if " of last " not in parts[0] else parts[0]]
            )
        )
    grouped = [f"({part})" for part in parts]
    least = draw(st.integers(1, len(parts)))
    quantifier = draw(st.sampled_from(["all", "any", "none", f"at least {least}"]))
    joined = draw(st.sampled_from([" and ", " or "])).join(grouped)
    return draw(st.sampled_from([f"{quantifier} of {', '.join(grouped)}", joined]))


# ── scores ────────────────────────────────────────────────────────────────────────────────────────────────────

POINTS = ("0", "2", "1–3", "4–5", "0–5")


@st.composite
def bands(draw, edges, keys=("from", "above")):
    """Bands from the highest edge down (or from the lowest up) and what is left."""
    chosen = sorted(
        draw(st.lists(st.sampled_from(range(len(edges))), unique=True, min_size=1, max_size=3)),
        reverse=keys == ("from", "above"),
    )
    rows = [
        {draw(st.sampled_from(keys)): edges[number], "points": draw(st.sampled_from(POINTS))}
        for number in chosen
    ]
    return [*rows, {"else": None, "points": draw(st.sampled_from(POINTS))}]


RISING_SHARES = ("0%", "5%", "10%", "25%", "60%")
RISING_MONEY = ("0 万元", "100 万元", "1000 万元", "5000 万元")


@st.composite
def parts(draw):
    """A part of a score in one of its forms, at most five points."""
    of = {"of": "5 分"}

    def some_points():
        return draw(st.sampled_from(POINTS))

    def banded(value, edges):
        keys = draw(st.sampled_from([("from", "above"), ("to", "below")]))
        return {**of, "value": draw(value), "bands": draw(bands(edges, keys))}

    def graded():
        rows = [
            {"is": "A", "points": "4–5"},
            {"is": "B", "points": 2},
            {"else": None, "points": some_points()},
        ]
        return {**of, "value": "grade", "bands": rows}

    def when():
        rows = [
            {"when": draw(comparisons()), "points": some_points()},
            {"else": None, "points": some_points()},
        ]
        return {**of, "bands": rows}

    def better_of():
        a = {"value": draw(ratios()), "bands": draw(bands(RISING_SHARES))}
        b = {"value": draw(amounts()), "bands": draw(bands(RISING_MONEY))}
        return {**of, "better_of": {"a": a, "b": b}}

    return one_form(
        draw,
        lambda: banded(ratios(), RISING_SHARES),
        lambda: banded(amounts(), RISING_MONEY) | draw(st.sampled_from([{}, {"younger": "actual_years"}])),
        graded,
        when,
        {**of, "points": "quality"},
        {**of, "per": {"value": "patents", "every": "2 件", "points": "2 分", "at_most": "5 分"}},
        lambda: {**when(), "bonus": True},
        lambda: draw(growth_parts()),
        better_of,
    )


@st.composite
def growth_parts(draw):
    """A part banded by mean growth, with what is said of its edges."""
    part = {
        "of": "5 分",
        "value": f"mean_growth({draw(st.sampled_from(['revenue', 'net_assets', 'profit']))}, last 3 FY)",
    }
    part["bands"] = draw(bands(RISING_SHARES))
    part["below_zero"] = draw(st.sampled_from([0, "0–5", {"switch": "reading", "a": "0–5", "b": 0}]))
    if draw(st.booleans()):
        part["zero_base"] = "later_two_years"
    if draw(st.booleans()):
        part |= {
            "younger": "actual_years",
            "one_year": draw(st.sampled_from([0, "0–5"])),
            "zero_base_two_years": draw(st.sampled_from([0, "0–5"])),
        }
    return part


# ── policies ──────────────────────────────────────────────────────────────────────────────────────────────────

FIXED = {
    "policy": "made",
    "version": "once",
    "title": {"zh": "甲"},
    "documents": [{"number": "一号"}],
    "applies": [{"to": ["first_application"], "from": dt.date(2020, 1, 1)}],
    "counts": {"patents": "own"},
    "parameters": {
        "required": {
            "by": "revenue",
            "bands": [
                {"to": "100 万元", "is": "10%"},
                {"below": "5000 万元", "is": "5%"},
                {"else": None, "is": "3%"},
            ],
        },
        "floor_of_cost": {
            "by": "staff",
            "bands": [
                {"from": "300 人", "is": "1000 万元"},
                {"above": "10 人", "is": "100 万元"},
                {"else": None, "is": "1 万元"},
            ],
        },
    },
    "switches": {"reading": {"zh": "甲", "why": "乙", "readings": {"a": "甲", "b": "乙"}, "default": "a"}},
}


@st.composite
def policies(draw):
    """A policy of conditions, perhaps with a score, routes or classes."""
    body = {}
    scores = draw(st.lists(parts(), max_size=3))
    marks = []
    if scores:
        body["scores"] = {
            "total": {
                "of": f"{draw(st.sampled_from([8, 15]))} 分",
                "parts": {f"p{number}": part for number, part in enumerate(scores)},
            }
        }
        marks = [
            f"total {draw(st.sampled_from(['>=', '>', '>=', '<=', '=']))} {draw(st.integers(0, 12))} 分",
            "total.p0 > 0 分",
        ]
    conditions: dict[str, dict] = {}
    for number in range(draw(st.integers(1, 4))):
        need = draw(st.one_of(statements(tuple(conditions)), *([st.sampled_from(marks)] if marks else [])))
        conditions[f"C{number}"] = {
            "zh": "甲",
            "need": need,
            **draw(st.sampled_from([{}, {}, {"younger": "actual_years"}])),
        }
    body["conditions"] = conditions
    return body | draw(results(tuple(conditions)))


@st.composite
def results(draw, names):
    """What the outcome is made of."""
    form = draw(st.sampled_from(["all", "any", "routes", "classes", "table"]))
    if form == "classes":
        rule = {"zh": "甲", "when": draw(statements(names))}
        return {"classes": {"high": rule, "low": {"zh": "乙", "when": draw(st.sampled_from(names))}}}
    if form == "table":
        bounds = {
            "A": {"staff": [300, 10], "revenue": [5000, 100]},
            "B": {"revenue": [1000, 100]},
            "C": {"staff": [10]},
        }
        labels = {name: {"zh": name} for name in ("large", "medium", "small")}
        return {"class_table": {"by": "grade", "classes": list(labels), "labels": labels, "bounds": bounds}}
    if form == "routes":
        routes = {
            "one": {"zh": "甲", "when": names[0]},
            "two": {"zh": "乙", "when": f"any of {', '.join(names)}"},
        }
        return {
            "routes": routes,
            "met_when": ["any route", *names[:1]] if draw(st.booleans()) else ["any route"],
        }
    return {"met_when": list(names) if form == "all" else [f"any of {', '.join(names)}"]}


def made(written, readings=()) -> Case:
    """A policy made of what is written beside the fixed parts."""
    version = PolicyVersion.model_validate({**FIXED, **written})
    policy = Policy("made", "once", version, "CN", "cn", "made.yaml", "sha256:none", None)
    return Case(replace(metrics(), policies=(policy,)), policy, AS_OF, readings, written)


@st.composite
def cases(draw):
    """A policy that the compiler accepts."""
    case = made(draw(policies()), draw(st.sampled_from([(), (("reading", "b"),)])))
    try:
        case.compiled  # noqa: B018 - made here so that what is refused is not tried
    except (LoweringError, MagnitudeError) as error:
        assume_known(error)
    assume(case.columns)
    return case


# A policy may say at random what has no meaning: these are refused with a message, and not tried.
REFUSED = (
    "years of it do not add up",
    "fewer than two years",
    "beyond 128 bits",
    "years of the series",
    "no yearly series",
    "compared with a constant only",
    "compared, not computed with",
)


def assume_known(error):
    """Leave out a policy that is refused for a known reason."""
    if not any(
        text in str(getattr(error, "text", error)) + str(getattr(getattr(error, "text", None), "en", ""))
        for text in REFUSED
    ):
        raise error
    assume(condition=False)


# ── facts ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _values(metric):
    match metric.kind:
        case Kind.BOOL:
            return st.booleans()
        case Kind.CATEGORY:
            return st.sampled_from(metric.categories())
        case Kind.DATE:
            return st.dates(dt.date(2019, 1, 1), dt.date(2029, 12, 31)).map(date_steps)
    steps = metric.unit.steps
    limits = (0 if metric.minimum is None else metric.minimum // steps, 6 if metric.id == "quality" else 100)
    whole = st.integers(*limits).map(lambda number: number * steps)
    if metric.whole:
        return whole
    fine = st.integers(0 if metric.minimum == 0 else -(10**9), 10**11)
    return (
        st.one_of(whole, whole.map(lambda number: number * 100), fine)
        if metric.unit.code == "CNY_10k"
        else whole
    )


@st.composite
def subjects(draw):
    """A case and a row of facts at its edges, every fact known."""
    case = draw(cases())
    row = {column: draw(_values(metric)) for column, metric in case.columns.items()}
    for part, whole in metrics().constraints:
        for column, value in row.items():
            name, year = split_column(column)
            if name == part:
                row[column] = min(value, row.get(column_name(whole, year), value))
    return case, draw(at_edges(case, row, most=3))

"""Real input: listed firms' annual figures, with every answer computed a second time from the cells alone."""

import csv
import shutil
from collections import Counter
from fractions import Fraction
from pathlib import Path

import polars as pl
import pytest
from tests.shared.listed_firms import (
    AS_OF,
    MAPPING,
    PAGE,
    PINNED,
    generated_text,
    judge_listed_firms,
    read_listed_firms,
    take_apart,
)

from yumiao.evaluate import evaluate
from yumiao.packs.library import load_packs
from yumiao.rules.answers import Subject
from yumiao.rules.explaining import explain
from yumiao.rules.judging import SubjectJudge
from yumiao.rules.origins import origins_of

MET, NOT_MET, OPEN = "met", "not_met", "undetermined"
MISSING_MONEY, MISSING_PEOPLE = Fraction(-1), 0
WAN = 10_000
YEARS = (2019, 2020, 2021)

# Every class called large asks for at most this much, whatever the sector (table of 国统字〔2017〕213号).
LARGE_EVERYWHERE = {"staff": 2000, "revenue": 200_000 * WAN, "assets": 120_000 * WAN}


# ── the table, read a second time with nothing but the csv module ──────────────────────────────────────────


class Firm:
    """One firm's figures in yuan and persons; None where the cell holds a missing code or there is no row."""

    def __init__(self) -> None:
        self.rows: dict[int, dict[str, str]] = {}

    def money(self, year: int, *columns: str) -> Fraction | None:
        if year not in self.rows:
            return None
        found = [Fraction(self.rows[year][column]) for column in columns]
        return None if MISSING_MONEY in found else sum(found, Fraction(0))

    def revenue(self, year: int = 2021) -> Fraction | None:
        return self.money(year, "营业收入")

    def research(self, year: int = 2021) -> Fraction | None:
        return self.money(year, "研发费用")

    def profit(self) -> Fraction | None:
        return self.money(2021, "净利润")

    def assets(self) -> Fraction | None:
        return self.money(2021, "流动资产合计", "非流动资产合计")

    def debts(self) -> Fraction | None:
        return self.money(2021, "流动负债合计", "非流动负债合计")

    def staff(self) -> int | None:
        found = int(self.rows[2021]["职工人数"]) if 2021 in self.rows else MISSING_PEOPLE
        return None if found == MISSING_PEOPLE else found


def read_firms(table: Path) -> dict[str, Firm]:
    firms: dict[str, Firm] = {}
    with table.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            firms.setdefault(row["股票代码"], Firm()).rows[int(row["报告年份"])] = row
    return firms


# ── outcomes by hand: what every value of the missing figures agrees on ────────────────────────────────────


def at_least(value, edge):
    return OPEN if value is None else MET if value >= edge else NOT_MET


def at_most(value, edge):
    return OPEN if value is None else MET if value <= edge else NOT_MET


def all_of(*outcomes):
    return NOT_MET if NOT_MET in outcomes else OPEN if OPEN in outcomes else MET


def or_unknown(outcome):
    """An alternative of which nothing is known."""
    return MET if outcome == MET else OPEN


def share(part, whole):
    return None if part is None or whole is None else part / whole


def sum_at_least(values, edge):
    """A sum of amounts that are never negative: the known ones may be enough."""
    known = sum((value for value in values if value is not None), Fraction(0))
    return MET if known >= edge else OPEN if None in values else NOT_MET


def research_share(firm, year=2021):
    return share(firm.research(year), firm.revenue(year))


def research_share_in_both_years(firm):
    return all_of(*(at_least(research_share(firm, year), Fraction(3, 100)) for year in (2020, 2021)))


def research_of_two_years(firm):
    return [firm.research(2020), firm.research(2021)]


def debt_ratio(firm, percent):
    return at_most(share(firm.debts(), firm.assets()), Fraction(percent, 100))


def compound_growth(firm):
    """Two yearly steps of 5 % are 1.05² = 1.1025; a review is not asked, and nobody says which this is."""
    return or_unknown(at_least(share(firm.revenue(2021), firm.revenue(2019)), Fraction(11025, 10000)))


def large_everywhere(firm):
    figures = {"staff": firm.staff(), "revenue": firm.revenue(), "assets": firm.assets()}
    return all(value is not None and value >= LARGE_EVERYWHERE[name] for name, value in figures.items())


def general(firm):
    return NOT_MET if large_everywhere(firm) else OPEN


BY_HAND = {
    ("tech_sme", "C2_assets"): lambda firm: at_most(firm.assets(), 20_000 * WAN),
    ("innovative_sme", "G_general"): general,
    ("innovative_sme", "S_innovation"): lambda firm: or_unknown(
        at_least(research_share(firm), Fraction(5, 100))
    ),
    ("srdi_sme@miit-2022-63-annex2", "E2_rd_amount"): lambda firm: at_least(firm.research(), 100 * WAN),
    ("srdi_sme@miit-2022-63-annex2", "E2_rd_ratio"): lambda firm: at_least(
        research_share(firm), Fraction(3, 100)
    ),
    ("srdi_sme@miit-2022-63-annex2", "E3_revenue_or_equity"): lambda firm: or_unknown(
        at_least(firm.revenue(), 1000 * WAN)
    ),
    ("srdi_sme@miit-2022-63-annex2", "E4_rd_avg_1000"): lambda firm: sum_at_least(
        research_of_two_years(firm), 2000 * WAN
    ),
    ("little_giant@miit-2022-63-annex3", "P2_debt_ratio"): lambda firm: debt_ratio(firm, 70),
    ("little_giant@miit-2022-63-annex3", "P4_rd_over_10000"): lambda firm: all_of(
        at_least(firm.revenue(), 10_000 * WAN), research_share_in_both_years(firm)
    ),
    ("little_giant@miit-2022-63-annex3", "P4_rd_3000"): lambda firm: sum_at_least(
        research_of_two_years(firm), 3000 * WAN
    ),
    ("srdi_sme@miit-2026-2-annex1", "G_general"): general,
    ("srdi_sme@miit-2026-2-annex1", "A2_revenue_or_equity"): lambda firm: or_unknown(
        at_least(firm.revenue(), 1500 * WAN)
    ),
    ("srdi_sme@miit-2026-2-annex1", "A2_debt_ratio"): lambda firm: debt_ratio(firm, 80),
    ("srdi_sme@miit-2026-2-annex1", "A3_rd_amount"): lambda firm: all_of(
        *(at_least(firm.research(year), 100 * WAN) for year in (2020, 2021))
    ),
    ("srdi_sme@miit-2026-2-annex1", "A3_rd_ratio"): research_share_in_both_years,
    ("little_giant@miit-2026-2-annex2", "L2_revenue"): lambda firm: at_least(firm.revenue(), 5000 * WAN),
    ("little_giant@miit-2026-2-annex2", "L2_cagr"): compound_growth,
    ("little_giant@miit-2026-2-annex2", "L2_debt_ratio"): lambda firm: debt_ratio(firm, 75),
    ("little_giant@miit-2026-2-annex2", "L3_rd_total"): lambda firm: sum_at_least(
        research_of_two_years(firm), 1200 * WAN
    ),
    ("little_giant@miit-2026-2-annex2", "L3_rd_ratio"): research_share_in_both_years,
}


def points(value, bands):
    """Points of a banded value: the first edge reached, 0 below; the whole range where it is not known."""
    if value is None:
        return 0, max(given for _, given in bands)
    found = next((given for edge, given in bands if value >= Fraction(edge, 100)), 0)
    return found, found


def research_points(firm):
    return points(research_share(firm), [(5, 20), (3, 15), (2, 10), (1, 5)])


def debt_points(firm):
    ratio = share(firm.debts(), firm.assets())
    return points(None if ratio is None else -ratio, [(-55, 10), (-75, 5)])


def margin_points(firm):
    """A loss earns nothing whatever the revenue."""
    profit, revenue = firm.profit(), firm.revenue()
    if profit is not None and profit < 0:
        return 0, 0
    return points(share(profit, revenue), [(10, 10), (8, 8), (6, 6), (4, 4), (2, 2)])


POINTS_BY_HAND = {
    ("innovative_sme", "evaluation.innovation.rd_ratio"): research_points,
    ("innovative_sme", "evaluation.growth.debt_ratio"): debt_points,
    ("srdi_sme@miit-2022-63-annex2", "evaluation.refinement.net_margin"): margin_points,
}

# The whole result table, as it stands in the documentation.
COUNTS = {
    ("tech_sme", "C2_assets"): (0, 476, 39),
    ("innovative_sme", "G_general"): (0, 135, 380),
    ("innovative_sme", "S_innovation"): (167, 0, 348),
    ("srdi_sme@miit-2022-63-annex2", "E2_rd_amount"): (460, 3, 52),
    ("srdi_sme@miit-2022-63-annex2", "E2_rd_ratio"): (357, 106, 52),
    ("srdi_sme@miit-2022-63-annex2", "E3_revenue_or_equity"): (476, 0, 39),
    ("srdi_sme@miit-2022-63-annex2", "E4_rd_avg_1000"): (436, 21, 58),
    ("little_giant@miit-2022-63-annex3", "P2_debt_ratio"): (439, 35, 41),
    ("little_giant@miit-2022-63-annex3", "P4_rd_over_10000"): (273, 132, 110),
    ("little_giant@miit-2022-63-annex3", "P4_rd_3000"): (411, 31, 73),
    ("srdi_sme@miit-2026-2-annex1", "G_general"): (0, 135, 380),
    ("srdi_sme@miit-2026-2-annex1", "A2_revenue_or_equity"): (475, 0, 40),
    ("srdi_sme@miit-2026-2-annex1", "A2_debt_ratio"): (456, 18, 41),
    ("srdi_sme@miit-2026-2-annex1", "A3_rd_amount"): (372, 4, 139),
    ("srdi_sme@miit-2026-2-annex1", "A3_rd_ratio"): (273, 129, 113),
    ("little_giant@miit-2026-2-annex2", "L2_revenue"): (474, 3, 38),
    ("little_giant@miit-2026-2-annex2", "L2_cagr"): (230, 0, 285),
    ("little_giant@miit-2026-2-annex2", "L2_debt_ratio"): (447, 27, 41),
    ("little_giant@miit-2026-2-annex2", "L3_rd_total"): (461, 9, 45),
    ("little_giant@miit-2026-2-annex2", "L3_rd_ratio"): (273, 129, 113),
}


# ── fixtures ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="session")
def table(shared_folder):
    return shared_folder / "data" / "listed-firms-jiangsu" / "listed-firms-jiangsu-2019-2021.csv"


@pytest.fixture(scope="session")
def firms(table):
    return read_firms(table)


@pytest.fixture(scope="session")
def library():
    return load_packs()


@pytest.fixture(scope="session")
def facts(library, table):
    return read_listed_firms(library, table)


@pytest.fixture(scope="session")
def runs(library, facts):
    return judge_listed_firms(library, facts)


def verdicts_of(runs, policy):
    run = runs[1] if policy in PINNED else runs[0]
    return run.policy(policy).verdicts


# ── reading ────────────────────────────────────────────────────────────────────────────────────────────────


def test_table_of_listed_firms_reads_without_a_problem(facts, firms):
    assert facts.problems == ()
    assert facts.conflicts.is_empty()
    assert facts.table["subject"].to_list() == list(firms)
    assert len(firms) == 515


def test_missing_codes_are_unknown_and_every_other_cell_is_a_fact(facts, firms):
    rows = [firm.rows[year] for firm in firms.values() for year in firm.rows]
    money = {"operating_revenue": ["营业收入"], "rd_expense_audited": ["研发费用"], "net_profit": ["净利润"]}
    money |= {"total_assets": ["流动资产合计", "非流动资产合计"]}
    money |= {"total_liabilities": ["流动负债合计", "非流动负债合计"]}
    expected = Counter(
        f"{metric}@{row['报告年份']}"
        for row in rows
        for metric, columns in money.items()
        if all(Fraction(row[column]) != MISSING_MONEY for column in columns)
    )
    expected.update(f"staff_period_end@{row['报告年份']}" for row in rows if int(row["职工人数"]))

    known = {column: facts.table[column].count() for column in facts.table.columns[3:]}

    assert known == expected
    assert Counter(facts.sources["column"].to_list()) == expected


def test_every_fact_points_to_the_cell_that_holds_it(facts, table):
    with table.open(encoding="utf-8", newline="") as lines:
        cells = list(csv.reader(lines))
    pointed = [
        " + ".join(cells[row][column] for column, row in map(split_address, cell.split("+")))
        for cell in facts.sources["cell"]
    ]

    assert facts.sources["raw"].to_list() == pointed


def split_address(cell):
    letters = cell.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = 26 * column + ord(letter) - ord("A") + 1
    return column - 1, int(cell[len(letters) :]) - 1


def test_firm_that_moved_or_changed_its_name_stays_one_subject(library, facts, firms, table, tmp_path):
    moved = [code for code, firm in firms.items() if len({row["注册地址"] for row in firm.rows.values()}) > 1]
    renamed = tmp_path / "renamed.csv"
    text = table.read_text(encoding="utf-8")
    before = "002623,2021,常州亚玛顿股份有限公司"
    assert text.count(before) == 1
    renamed.write_text(text.replace(before, "002623,2021,常州某某股份有限公司"), encoding="utf-8")

    again = read_listed_firms(library, renamed)

    assert len(moved) == 89
    assert again.table["subject"].equals(facts.table["subject"])
    assert again.table.drop("name").equals(facts.table.drop("name"))
    assert again.table.filter(subject="002623")["name"].item() == "常州某某股份有限公司"


def test_forgotten_missing_code_of_revenue_is_reported_and_not_read(library, facts, firms, table, tmp_path):
    mapping = tmp_path / "forgotten.yaml"
    text = MAPPING.read_text(encoding="utf-8")
    declared = "营业收入: {metric: operating_revenue, unit: 元, missing: [-1.0]}"
    mapping.write_text(text.replace(declared, declared.replace(", missing: [-1.0]", "")), encoding="utf-8")
    codes = sum(Fraction(row["营业收入"]) == -1 for firm in firms.values() for row in firm.rows.values())

    again = read_listed_firms(library, table, mapping)

    assert codes == 38
    assert {(problem.code, problem.found) for problem in again.problems} == {("outside_domain", "-1.0")}
    assert len(again.problems) == codes
    assert again.table.equals(facts.table)


def test_table_as_an_incomplete_list_says_that_each_firm_is_listed(library, table, tmp_path):
    shutil.copy(table, tmp_path / "firms.csv")
    mapping = tmp_path / "firms.yaml"
    listed = "registers: [{metric: listed, complete: false, file: firms.csv, on: 2022-09-01}]\n"
    mapping.write_text(MAPPING.read_text(encoding="utf-8") + listed, encoding="utf-8")

    facts = read_listed_firms(library, tmp_path / "firms.csv", mapping)
    run = evaluate(library, facts, as_of=AS_OF, policies=["unicorn_js@round-2025"])

    assert facts.table["listed"].to_list() == [True] * 515
    assert run.policies[0].counts() == {"met": 0, "not_met": 515, "undetermined": 0}


# ── verdicts ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("policy", "condition"), BY_HAND)
def test_condition_comes_out_for_every_firm_as_computed_by_hand(runs, firms, policy, condition):
    expected = {code: BY_HAND[policy, condition](firm) for code, firm in firms.items()}

    verdicts = verdicts_of(runs, policy)
    found = dict(verdicts.select("subject", pl.col(f"condition.{condition}").cast(pl.String)).iter_rows())

    counted = Counter(found.values())
    assert found == expected
    assert (counted[MET], counted[NOT_MET], counted[OPEN]) == COUNTS[policy, condition]


def test_every_condition_computed_by_hand_has_its_counts_written_down():
    assert list(COUNTS) == list(BY_HAND)


@pytest.mark.parametrize(("policy", "part"), POINTS_BY_HAND)
def test_points_come_out_for_every_firm_as_computed_by_hand(runs, firms, policy, part):
    expected = {code: POINTS_BY_HAND[policy, part](firm) for code, firm in firms.items()}

    verdicts = verdicts_of(runs, policy)
    columns = (pl.col(f"score.{part}.{end}") // 10_000 for end in ("low", "high"))
    found = {code: ends for code, *ends in verdicts.select("subject", *columns).iter_rows()}

    assert found == {code: list(ends) for code, ends in expected.items()}


def test_firm_is_large_only_where_every_sector_says_so(runs, firms):
    expected = {code: "large" if large_everywhere(firm) else None for code, firm in firms.items()}

    verdicts = verdicts_of(runs, "size_class")

    assert dict(verdicts.select("subject", "class").iter_rows()) == expected
    assert Counter(expected.values()) == {"large": 135, None: 380}


def test_one_certain_failure_decides_whatever_is_open(runs, firms):
    """A policy whose conditions all have to hold is not met as soon as one is not met."""
    asked = ("G_general", "A2_revenue_or_equity", "A2_debt_ratio", "A3_rd_amount", "A3_rd_ratio")
    expected = {
        code: all_of(*(BY_HAND["srdi_sme@miit-2026-2-annex1", condition](firm) for condition in asked), OPEN)
        for code, firm in firms.items()
    }

    verdicts = verdicts_of(runs, "srdi_sme@miit-2026-2-annex1")

    assert dict(verdicts.select("subject", pl.col("outcome").cast(pl.String)).iter_rows()) == expected
    assert Counter(expected.values()) == {NOT_MET: 221, OPEN: 294}


def test_no_policy_is_met_on_the_published_figures_alone(runs):
    met = {policy.policy.id: policy.counts()["met"] for run in runs for policy in run.policies}

    assert met.pop("size_class@nbs-2017-213") == 135
    assert set(met.values()) == {0}


def test_family_without_a_version_in_force_is_not_judged(runs, library):
    judged = {policy.policy.family for policy in runs[0].policies}

    assert set(library.families()) - judged == {"unicorn_gbt", "gazelle_js", "unicorn_js", "seed_unicorn_cz"}
    assert [policy.in_force for policy in runs[1].policies] == [False, False]


# ── three firms, as the page explains them ─────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def told(library, facts):
    """Say of a firm and a policy what came of one condition: outcome, value, cells."""
    judges = SubjectJudge(library)

    def tell(code, policy, condition):
        row = facts.table.filter(subject=code).to_dicts()[0]
        origins = origins_of(facts.sources, code)
        version = library.select(policy, AS_OF)
        answer = explain(judges, version, AS_OF, row, subject=Subject(code), origins=origins)
        return next(each for each in answer.conditions if each.id == condition)

    return tell


THREE_FIRMS = [
    ("002623", "srdi_sme@miit-2026-2-annex1", "A3_rd_ratio", NOT_MET, ["Q266", "Q267", "S266", "S267"]),
    ("002623", "srdi_sme@miit-2022-63-annex2", "E2_rd_ratio", MET, ["Q267", "S267"]),
    ("002623", "little_giant@miit-2026-2-annex2", "L2_cagr", MET, ["Q265", "Q267"]),
    ("688386", "srdi_sme@miit-2026-2-annex1", "A3_rd_ratio", MET, ["Q1241", "Q1242", "S1241", "S1242"]),
    ("688386", "little_giant@miit-2026-2-annex2", "L2_debt_ratio", MET, ["AB1242+AC1242", "Z1242+AA1242"]),
    ("688386", "little_giant@miit-2026-2-annex2", "L2_cagr", OPEN, ["Q1242"]),
    ("301072", "little_giant@miit-2026-2-annex2", "L2_debt_ratio", OPEN, ["Z655+AA655"]),
    ("301072", "little_giant@miit-2026-2-annex2", "L3_rd_total", MET, ["S655"]),
    ("301072", "little_giant@miit-2026-2-annex2", "L3_rd_ratio", OPEN, ["Q655", "S655"]),
]


@pytest.mark.parametrize(("question", "outcome", "cells"), [(case[:3], *case[3:]) for case in THREE_FIRMS])
def test_explained_firm_comes_out_with_its_cells(told, question, outcome, cells):
    found = told(*question)

    assert found.outcome == outcome
    assert sorted(fact.source.cell for fact in found.facts if fact.source) == cells


# ── the page ───────────────────────────────────────────────────────────────────────────────────────────────


def test_page_of_real_data_shows_what_the_runs_say(library, runs):
    _, shown, _ = take_apart(PAGE.read_text(encoding="utf-8"))

    assert shown == generated_text(library, runs)


def test_page_says_of_every_column_whether_it_is_used(table):
    with table.open(encoding="utf-8", newline="") as lines:
        header = next(csv.reader(lines))
    text = PAGE.read_text(encoding="utf-8")

    assert [column for column in header if f"| {column} |" not in text] == []


def test_page_names_the_date_and_the_pinned_texts():
    text = PAGE.read_text(encoding="utf-8")

    assert [name for name in (str(AS_OF), *PINNED) if name not in text] == []


def test_page_counts_the_traps_of_the_table_rightly(firms):
    rows = [row for firm in firms.values() for row in firm.rows.values()]
    profits = [[Fraction(row[name]) for name in ("利润总额", "所得税费用", "净利润")] for row in rows]
    known = [profit for profit in profits if MISSING_MONEY not in profit]
    complete = [firm for firm in firms.values() if None not in (firm.staff(), firm.revenue(), firm.assets())]

    found = {
        "rows": len(rows),
        "firms by number of years": dict(Counter(len(firm.rows) for firm in firms.values())),
        "without 2021": sum(2021 not in firm.rows for firm in firms.values()),
        "no employees": sum(int(row["职工人数"]) == 0 for row in rows),
        "tax does not add up": sum(abs(before - tax - after) > 1 for before, tax, after in known),
        "disclosed later": sum(row["披露日期"] > str(AS_OF) for row in rows),
        "profit of the parent's owners missing": sum(
            Fraction(row["归属母公司所有者净利润"]) == MISSING_MONEY for row in rows
        ),
        "size hangs on the sector alone": sum(not large_everywhere(firm) for firm in complete),
    }

    assert found == {
        "rows": 1286,
        "firms by number of years": {3: 340, 2: 91, 1: 84},
        "without 2021": 25,
        "no employees": 0,
        "tax does not add up": 6,
        "disclosed later": 12,
        "profit of the parent's owners missing": 1091,
        "size hangs on the sector alone": 340,
    }

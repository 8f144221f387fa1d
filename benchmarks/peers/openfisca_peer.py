"""Both policies as an OpenFisca tax and benefit system: variables with formulas, parameters with dated
values.

OpenFisca has no missing values (an input not given is zero), so they are emulated, in the cheapest way
found:

- amounts, counts and points are ``float`` variables in yuan, persons and points; NaN is unknown,
- yes/no facts and every condition are ``int`` variables: 0 no, 1 unknown, 2 yes; "and" is the minimum, "or"
  the maximum,
- every scored item is two variables, its least and its most points.

OpenFisca stores floats in 32 bits: thresholds hit exactly may be judged wrongly and large amounts are
rounded, so its tallies differ slightly from the others. ``check.py`` says by how much.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
from contract import AS_OF, CONDITIONS, FEN_PER_WAN, GAPS, POINT, Outputs, Policy, Tally, input_columns
from openfisca_core.entities import Entity
from openfisca_core.indexed_enums import Enum, EnumArray
from openfisca_core.parameters import ParameterNode
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import Simulation, SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

NO, UNKNOWN, YES = 0, 1, 2
FEN_PER_YUAN = 100
PERIOD = str(AS_OF.year)
"""Policies are judged for the application year and look back at earlier years."""

Firm = Entity("firm", "firms", "An enterprise", "")
Array = np.ndarray


class Letter(Enum):
    """The grade of an expert. OpenFisca encodes an Enum by its members' order."""

    unknown = "unknown"
    E = "E"
    D = "D"
    C = "C"
    B = "B"
    A = "A"


@dataclass(frozen=True, slots=True)
class Program:
    """The policies to judge and the system that knows them."""

    policies: tuple[Policy, ...]
    system: TaxBenefitSystem


def prepare(policies: Sequence[Policy]) -> Program:
    """Build the system: facts from the contract, the formulas below, the law's numbers as parameters."""
    system = TaxBenefitSystem([Firm])
    for name, kind in input_columns(policies).items():
        metric, yearly, _ = name.partition("@")
        if system.get_variable(_plain(metric)) is None:
            system.add_variable(_fact(_plain(metric), kind, yearly=bool(yearly)))
    for variable in _FORMULAS:
        system.add_variable(variable)
    system.parameters = ParameterNode("", data=_PARAMETERS)
    return Program(tuple(policies), system)


def run_batch(program: Program, parquet_in: Path, outputs: Outputs) -> list[Tally]:
    """Judge every enterprise of the file, all in one simulation, and add up every answer."""
    simulation = _simulate(program, parquet_in)
    return [_tally(simulation, policy, outputs) for policy in program.policies]


def _simulate(program: Program, parquet_in: Path) -> Simulation:
    """Fill a simulation with the facts, one column in memory at a time."""
    file = pq.ParquetFile(parquet_in)
    simulation = SimulationBuilder().build_default_simulation(program.system, file.metadata.num_rows)
    for name, kind in input_columns(program.policies).items():
        metric, _, year = name.partition("@")
        values = _to_numpy(file.read([name]).column(0).combine_chunks(), kind)
        simulation.set_input(_plain(metric), year or "ETERNITY", values)
    return simulation


def _to_numpy(column: object, kind: str) -> Array:
    if kind == "bool":
        return pc.fill_null(pc.multiply(column.cast("int32"), YES), UNKNOWN).to_numpy(zero_copy_only=False)
    if kind == "category":
        letters = pc.index_in(column, value_set=_LETTERS)
        return EnumArray(
            pc.fill_null(pc.add(letters, 1), 0).cast("uint8").to_numpy(zero_copy_only=False), Letter
        )
    if kind == "date":
        return column.to_numpy(zero_copy_only=False)
    scale = {"count": 1, "money": FEN_PER_YUAN, "number": POINT}[kind]
    return (column.to_numpy(zero_copy_only=False) / scale).astype(np.float32)


_LETTERS = pc.cast([letter.name for letter in list(Letter)[1:]], "large_string")


def _tally(simulation: Simulation, policy: Policy, outputs: Outputs) -> Tally:
    def value(part: str) -> Array:
        return simulation.calculate(f"{policy.kind}__{part}", PERIOD)

    def counts(part: str) -> tuple[int, int]:
        outcome = value(part)
        return int(np.count_nonzero(outcome == YES)), int(np.count_nonzero(outcome == NO))

    def gap(part: str) -> tuple[int, int]:
        amounts, unit = value(f"{part}_gap"), _GAP_UNITS.get(part, FEN_PER_YUAN)
        known = ~np.isnan(amounts)
        return int(np.count_nonzero(known)), round(float(amounts[known].sum(dtype=np.float64)) * unit)

    outcome = counts("outcome")
    low, high = (
        round(float(value(part).sum(dtype=np.float64)) * POINT) for part in ("score_low", "score_high")
    )
    everything = outputs == "all"
    return Tally(
        policy.id,
        len(value("outcome")),
        *outcome,
        low,
        high,
        {part: counts(part) for part in CONDITIONS[policy.kind]} if everything else {},
        {part: gap(part) for part in GAPS[policy.kind]} if everything else {},
    )


_GAP_UNITS = {"C2_staff": 1, "H4_tech_staff": 1, "H1_age": 1, "C5_score": POINT, "H7_score": POINT}


# --- variables ------------------------------------------------------------

Formula = Callable[[Callable, object, Callable], Array]
_FORMULAS: list[type[Variable]] = []


def _plain(metric: str) -> str:
    return metric.replace(".", "_for_")


def _fact(name: str, kind: str, *, yearly: bool) -> type[Variable]:
    body = {"entity": Firm, "definition_period": DateUnit.YEAR if yearly else DateUnit.ETERNITY}
    if kind == "category":
        body |= {"value_type": Enum, "possible_values": Letter, "default_value": Letter.unknown}
    else:
        body["value_type"] = {"bool": int, "date": dt.date}.get(kind, float)
    return type(name, (Variable,), body)


def variable(value_type: type) -> Callable[[Formula], Formula]:
    """Make a yearly variable of a formula, named like it."""

    def make(formula: Formula) -> Formula:
        body = {
            "entity": Firm,
            "definition_period": DateUnit.YEAR,
            "value_type": value_type,
            "formula": formula,
        }
        _FORMULAS.append(type(formula.__name__, (Variable,), body))
        return formula

    return make


def _copy(name: str, fact: str, *, negate: bool = False) -> None:
    """Make a condition that is a yes/no fact, or its opposite."""

    def formula(firm, period, _parameters):
        return YES - firm(fact, period) if negate else firm(fact, period)

    formula.__name__ = name
    variable(int)(formula)


def _outcome(met: Array, possible: Array) -> Array:
    return np.where(met, YES, np.where(possible, UNKNOWN, NO))


def _least_of(*conditions: Array) -> Array:
    return np.minimum.reduce(conditions)


def _known_ratio(part: Array, whole: Array) -> Array:
    """Part over whole; 0 where either is zero for certain, NaN where unknown."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where((part == 0) | (whole == 0), 0, part / whole)


# --- 科技型中小企业 ------------------------------------------------------------


@variable(float)
def tech_sme__tech_points_low(firm, period, parameters):  # noqa: D103
    year = period.last_year
    share = _known_ratio(firm("tech_staff", year), firm("staff_total", year))
    return parameters(period).tech_sme.tech_staff.calc(share)


@variable(float)
def tech_sme__tech_points_high(firm, period, _parameters):  # noqa: D103
    year = period.last_year
    unknown = np.isnan(_known_ratio(firm("tech_staff", year), firm("staff_total", year)))
    return np.where(unknown, 20, firm("tech_sme__tech_points_low", period))


def _rd_shares(firm, period) -> Iterator[Array]:
    year = period.last_year
    for whole in ("sales_revenue", "cost_expense_total"):
        yield _known_ratio(firm("rd_expense_tsme", year), firm(whole, year))


@variable(float)
def tech_sme__rd_points_low(firm, period, parameters):  # noqa: D103
    by_sales, by_cost = _rd_shares(firm, period)
    scales = parameters(period).tech_sme
    return np.maximum(scales.rd_by_sales.calc(by_sales), scales.rd_by_cost.calc(by_cost))


@variable(float)
def tech_sme__rd_points_high(firm, period, _parameters):  # noqa: D103
    by_sales, by_cost = _rd_shares(firm, period)
    return np.where(np.isnan(by_sales) | np.isnan(by_cost), 50, firm("tech_sme__rd_points_low", period))


@variable(float)
def tech_sme__ip_points_low(firm, period, parameters):  # noqa: D103
    by_class2 = parameters(period).tech_sme.class2.calc(firm("ip_class2_count_for_tsme", period))
    return np.where(firm("ip_class1_count_for_tsme", period) >= 1, 30, by_class2)


@variable(float)
def tech_sme__ip_points_high(firm, period, _parameters):  # noqa: D103
    class1, class2 = firm("ip_class1_count_for_tsme", period), firm("ip_class2_count_for_tsme", period)
    unless_class1 = np.where(np.isnan(class2), 24, firm("tech_sme__ip_points_low", period))
    return np.where(np.isnan(class1), 30, np.where(class1 >= 1, 30, unless_class1))


@variable(float)
def tech_sme__score_low(firm, period, _parameters):  # noqa: D103
    return sum(firm(f"tech_sme__{item}_points_low", period) for item in ("tech", "rd", "ip"))


@variable(float)
def tech_sme__score_high(firm, period, _parameters):  # noqa: D103
    return sum(firm(f"tech_sme__{item}_points_high", period) for item in ("tech", "rd", "ip"))


_copy("tech_sme__C1_resident", "resident_enterprise_audited_collection")
_copy("tech_sme__D1_valid_hnte", "valid_hnte_certificate")
_copy("tech_sme__D2_national_award", "national_award_top3_within_5y")
_copy("tech_sme__D3_rd_institution", "provincial_rd_institution")
_copy("tech_sme__D4_led_standard", "led_standard_within_5y")


@variable(int)
def tech_sme__C2_staff(firm, period, parameters):  # noqa: D103, N802
    most = parameters(period).tech_sme.staff_at_most
    staff, tech = firm("staff_total", period.last_year), firm("tech_staff", period.last_year)
    return _outcome(staff <= most, np.isnan(staff) & ~(tech > most))


@variable(int)
def tech_sme__C2_sales(firm, period, parameters):  # noqa: D103, N802
    sales = firm("sales_revenue", period.last_year)
    return _outcome(sales <= parameters(period).tech_sme.sales_at_most, np.isnan(sales))


@variable(int)
def tech_sme__C2_assets(firm, period, parameters):  # noqa: D103, N802
    assets = firm("total_assets", period.last_year)
    return _outcome(assets <= parameters(period).tech_sme.assets_at_most, np.isnan(assets))


@variable(float)
def tech_sme__C2_staff_gap(firm, period, parameters):  # noqa: D103, N802
    return np.maximum(firm("staff_total", period.last_year) - parameters(period).tech_sme.staff_at_most, 0)


@variable(float)
def tech_sme__C2_sales_gap(firm, period, parameters):  # noqa: D103, N802
    return np.maximum(firm("sales_revenue", period.last_year) - parameters(period).tech_sme.sales_at_most, 0)


@variable(float)
def tech_sme__C2_assets_gap(firm, period, parameters):  # noqa: D103, N802
    return np.maximum(firm("total_assets", period.last_year) - parameters(period).tech_sme.assets_at_most, 0)


@variable(int)
def tech_sme__C3_industry(firm, period, _parameters):  # noqa: D103, N802
    facts = ("restricted_or_eliminated_industry", "super_deduction_excluded_industry")
    return YES - np.maximum(*(firm(fact, period) for fact in facts))


@variable(int)
def tech_sme__C4_conduct(firm, period, _parameters):  # noqa: D103, N802
    facts = ("serious_incident_last_or_current_year", "abnormal_or_dishonest_list")
    return YES - np.maximum(*(firm(fact, period) for fact in facts))


@variable(int)
def tech_sme__C5_score(firm, period, parameters):  # noqa: D103, N802
    mark = parameters(period).tech_sme.pass_mark
    low, high = (
        (firm(f"tech_sme__score_{end}", period) >= mark) & (firm(f"tech_sme__tech_points_{end}", period) > 0)
        for end in ("low", "high")
    )
    return _outcome(low, high)


@variable(float)
def tech_sme__C5_score_gap(firm, period, parameters):  # noqa: D103, N802
    mark = parameters(period).tech_sme.pass_mark
    low, high = firm("tech_sme__score_low", period), firm("tech_sme__score_high", period)
    short = np.where((low == high) & (low < mark), mark - low, np.nan)
    return np.where(firm("tech_sme__C5_score", period) == YES, 0, short)


@variable(int)
def tech_sme__outcome(firm, period, _parameters):  # noqa: D103
    route = np.maximum.reduce([firm(f"tech_sme__{name}", period) for name in CONDITIONS["tech_sme"][6:]])
    return _least_of(*(firm(f"tech_sme__{name}", period) for name in CONDITIONS["tech_sme"][:6]), route)


# --- 高新技术企业 ------------------------------------------------------------


def _founded(firm, period) -> Array:
    return ~np.isnat(firm("established_on", period))


def _in_years(firm, period, metric: str) -> list[Array]:
    """Amounts of the last three years, newest first; 0 before the founding year."""
    established = firm("established_on", period)
    years = [period.offset(-back) for back in (1, 2, 3)]
    return [
        np.where(established >= np.datetime64(f"{year.start.year + 1}-01-01"), 0, firm(metric, year))
        for year in years
    ]


def _sums(amounts: Sequence[Array]) -> Iterator[tuple[Array, Array]]:
    """Sums of the last one, two and three years: NaN where one is unknown, and the least they can be."""
    for years in (1, 2, 3):
        yield sum(amounts[:years]), sum(np.nan_to_num(amount) for amount in amounts[:years])


def _percent(firm, period, parameters) -> Array:
    """The R&D ratio asked for, NaN where last year's sales are unknown."""
    sales = firm("sales_revenue", period.last_year)
    first, second = (parameters(period).hnte.bracket_edges[name] for name in ("low", "high"))
    ratio = np.where(sales <= first, 0.05, np.where(sales <= second, 0.04, 0.03))
    return np.where(np.isnan(sales), np.nan, ratio).astype(np.float32)


@variable(int)
def hnte__H5_rd_ratio(firm, period, parameters):  # noqa: D103, N802
    percent, founded = _percent(firm, period, parameters), _founded(firm, period)
    first, second = (parameters(period).hnte.bracket_edges[name] for name in ("low", "high"))
    rd_sums, sales_sums = (
        _sums(_in_years(firm, period, name)) for name in ("rd_expense_hnte", "sales_revenue")
    )
    possible = []
    for (rd, rd_least), (sales, sales_least) in zip(rd_sums, sales_sums, strict=True):
        lower_bracket = (rd_least >= 0.04 * (sales_least + first)) | (
            rd_least >= 0.03 * (sales_least + second)
        )
        reached = np.where(
            np.isnan(percent),
            (rd_least >= 0.05 * sales_least) | lower_bracket,
            rd_least >= percent * sales_least,
        )
        possible.append((np.isnan(sales) | (sales_least > 0)) & (np.isnan(rd) | ((rd_least > 0) & reached)))
    met = founded & (sales > 0) & (rd_least >= percent * sales)
    return _outcome(met, possible[2] | (~founded & (possible[0] | possible[1])))


@variable(float)
def hnte__H5_rd_ratio_gap(firm, period, parameters):  # noqa: D103, N802
    rd, sales = (sum(_in_years(firm, period, name)) for name in ("rd_expense_hnte", "sales_revenue"))
    known = _founded(firm, period) & (sales > 0)
    short = np.where(known, np.maximum(_percent(firm, period, parameters) * sales - rd, 0), np.nan)
    return np.where(firm("hnte__H5_rd_ratio", period) == YES, 0, short)


@variable(int)
def hnte__H5_domestic(firm, period, parameters):  # noqa: D103, N802
    asked, founded = parameters(period).hnte.domestic_share, _founded(firm, period)
    names = ("rd_expense_hnte_domestic", "rd_expense_hnte")
    part_sums, rd_sums = (_sums(_in_years(firm, period, name)) for name in names)
    possible = []
    for (part, part_least), (rd, rd_least) in zip(part_sums, rd_sums, strict=True):
        reached = np.isnan(part) | ((part_least > 0) & (part_least >= asked * rd_least))
        possible.append((np.isnan(rd) | (rd_least > 0)) & reached)
    met = founded & (rd > 0) & (part_least >= asked * rd)
    return _outcome(met, possible[2] | (~founded & (possible[0] | possible[1])))


@variable(float)
def hnte__H5_domestic_gap(firm, period, parameters):  # noqa: D103, N802
    names = ("rd_expense_hnte_domestic", "rd_expense_hnte")
    part, rd = (sum(_in_years(firm, period, name)) for name in names)
    known = _founded(firm, period) & (rd > 0)
    short = np.where(known, np.maximum(parameters(period).hnte.domestic_share * rd - part, 0), np.nan)
    return np.where(firm("hnte__H5_domestic", period) == YES, 0, short)


@variable(int)
def hnte__H1_age(firm, period, parameters):  # noqa: D103, N802
    days = _age_in_days(firm, period)
    return _outcome(days >= parameters(period).hnte.age_in_days, np.isnan(days))


@variable(float)
def hnte__H1_age_gap(firm, period, parameters):  # noqa: D103, N802
    return np.maximum(parameters(period).hnte.age_in_days - _age_in_days(firm, period), 0)


def _age_in_days(firm, period) -> Array:
    age = (np.datetime64(AS_OF) - firm("established_on", period)).astype(np.float32)
    return np.where(_founded(firm, period), age, np.nan)


@variable(int)
def hnte__H4_tech_staff(firm, period, parameters):  # noqa: D103, N802
    share = _known_ratio(firm("tech_staff", period.last_year), firm("staff_total", period.last_year))
    return _outcome(share >= parameters(period).hnte.tech_staff_share, np.isnan(share))


@variable(float)
def hnte__H4_tech_staff_gap(firm, period, parameters):  # noqa: D103, N802
    tech, staff = firm("tech_staff", period.last_year), firm("staff_total", period.last_year)
    short = np.ceil(staff * parameters(period).hnte.tech_staff_share) - tech
    return np.where(staff > 0, np.maximum(short, 0), np.nan)


@variable(int)
def hnte__H6_hightech_revenue(firm, period, parameters):  # noqa: D103, N802
    share = _known_ratio(firm("hightech_revenue", period.last_year), firm("total_income", period.last_year))
    return _outcome(share >= parameters(period).hnte.hightech_share, np.isnan(share))


@variable(float)
def hnte__H6_hightech_revenue_gap(firm, period, parameters):  # noqa: D103, N802
    hightech, income = firm("hightech_revenue", period.last_year), firm("total_income", period.last_year)
    short = income * parameters(period).hnte.hightech_share - hightech
    return np.where(income > 0, np.maximum(short, 0), np.nan)


_copy("hnte__H2_core_ip", "owns_core_ip")
_copy("hnte__H3_domain", "in_supported_hightech_domain")
_copy("hnte__H8_conduct", "serious_incident_within_365_days", negate=True)


def _growth_bands(first: Array, middle: Array, last: Array, scale: object, *, founded: Array) -> Array:
    """Bands 0 to 5. Unknown amounts stand at their worst: a first year boundless, a last year zero."""
    with np.errstate(divide="ignore", invalid="ignore"):
        later = np.nan_to_num(last) / middle
        earlier = np.where(np.isnan(first), 0, middle / first)
    one_pair = (first == 0) | (~founded & (earlier < later))
    growth = np.where(one_pair, later, (earlier + later) / 2) - 1
    return np.where(middle > 0, np.maximum(scale.calc(growth), growth > 0), 0)


@variable(float)
def hnte__sales_growth_bands(firm, period, parameters):  # noqa: D103
    last, middle, first = _in_years(firm, period, "sales_revenue")
    return _growth_bands(first, middle, last, parameters(period).hnte.growth, founded=_founded(firm, period))


@variable(float)
def hnte__asset_growth_bands(firm, period, parameters):  # noqa: D103
    last, middle, first = _in_years(firm, period, "net_assets")
    return _growth_bands(first, middle, last, parameters(period).hnte.growth, founded=_founded(firm, period))


def _unsure_assets(firm, period) -> Array:
    return np.logical_or.reduce([~(amount >= 0) for amount in _in_years(firm, period, "net_assets")])


def _first_of_band(band: Array) -> Array:
    """Bands of two points: 0 | 1-2 | 3-4 | …"""
    return np.maximum(band * 2 - 1, 0)


@variable(float)
def hnte__ip_points_low(firm, period, parameters):  # noqa: D103
    class1, class2 = firm("ip_class1_count_for_hnte", period), firm("ip_class2_count_for_hnte", period)
    count = np.where(class1 >= 1, 4, parameters(period).hnte.class2.calc(class2))
    grades = (
        _letter(firm, period, name, unknown=0) for name in ("ip_tech_level_grade", "ip_core_support_grade")
    )
    standards = firm("standards_participation", period) == YES
    return sum(map(_first_of_band, (count, *grades))) + 1 + standards


@variable(float)
def hnte__ip_points_high(firm, period, parameters):  # noqa: D103
    class1, class2 = firm("ip_class1_count_for_hnte", period), firm("ip_class2_count_for_hnte", period)
    unless_class1 = np.where(np.isnan(class2), 3, parameters(period).hnte.class2.calc(class2))
    count = np.where(class1 == 0, unless_class1, 4)
    grades = (
        _letter(firm, period, name, unknown=4) for name in ("ip_tech_level_grade", "ip_core_support_grade")
    )
    acquired = np.where(firm("ip_acquisition_grade", period) == Letter.B, 3, 6)
    standards = np.where(firm("standards_participation", period) == NO, 0, 2)
    return np.minimum(sum((count, *grades)) * 2 + acquired + standards, 30)


def _letter(firm, period, name: str, *, unknown: int) -> Array:
    """Bands 0 (E) to 4 (A)."""
    grade = np.asarray(firm(name, period)).astype(np.float32)
    return np.where(grade == 0, unknown, grade - 1)


@variable(float)
def hnte__organisation_points_low(firm, period, _parameters):  # noqa: D103
    return sum(np.nan_to_num(firm(name, period)) for name in _ORGANISATION)


@variable(float)
def hnte__organisation_points_high(firm, period, _parameters):  # noqa: D103
    return sum(np.nan_to_num(firm(name, period), nan=most) for name, most in _ORGANISATION.items())


_ORGANISATION = {
    "org_system_points": 6,
    "org_rd_body_points": 6,
    "org_incentive_points": 4,
    "org_training_points": 4,
}


@variable(float)
def hnte__score_low(firm, period, parameters):  # noqa: D103
    founded = _founded(firm, period)
    conversions = parameters(period).hnte.conversions.calc(firm("transformations_annual_avg", period))
    sales = np.where(founded, firm("hnte__sales_growth_bands", period), 0)
    assets = np.where(founded & ~_unsure_assets(firm, period), firm("hnte__asset_growth_bands", period), 0)
    items = firm("hnte__ip_points_low", period) + firm("hnte__organisation_points_low", period)
    return items + np.maximum(conversions * 6 - 5, 0) + _first_of_band(sales) + _first_of_band(assets)


@variable(float)
def hnte__score_high(firm, period, parameters):  # noqa: D103
    average = firm("transformations_annual_avg", period)
    conversions = np.where(np.isnan(average), 5, parameters(period).hnte.conversions.calc(average))
    last, middle, first = _in_years(firm, period, "sales_revenue")
    unknown = np.isnan(first) | np.isnan(middle) | np.isnan(last)
    stuck = (middle == 0) | (np.isnan(middle) & (first == 0) & (last == 0))
    sales = np.where(unknown, np.where(stuck, 0, 5), firm("hnte__sales_growth_bands", period))
    assets = np.where(_unsure_assets(firm, period), 5, firm("hnte__asset_growth_bands", period))
    items = firm("hnte__ip_points_high", period) + firm("hnte__organisation_points_high", period)
    return items + conversions * 6 + sales * 2 + assets * 2


@variable(int)
def hnte__H7_score(firm, period, parameters):  # noqa: D103, N802
    mark = parameters(period).hnte.above
    return _outcome(firm("hnte__score_low", period) > mark, firm("hnte__score_high", period) > mark)


@variable(float)
def hnte__H7_score_gap(firm, period, parameters):  # noqa: D103, N802
    low, high = firm("hnte__score_low", period), firm("hnte__score_high", period)
    short = np.where(low == high, parameters(period).hnte.above + 1 - low, np.nan)
    return np.where(firm("hnte__H7_score", period) == YES, 0, short)


@variable(int)
def hnte__outcome(firm, period, _parameters):  # noqa: D103
    return _least_of(*(firm(f"hnte__{name}", period) for name in CONDITIONS["hnte"]))


# --- parameters ------------------------------------------------------------


def _dated(value: float) -> dict:
    return {"values": {"2016-01-01": {"value": value}}}


def _scale(*edges: float, step: int) -> dict:
    """A step for every edge reached."""
    amounts = [(edge, step * number) for number, edge in enumerate(edges, start=1)]
    brackets = [
        {"threshold": {"2016-01-01": edge}, "amount": {"2016-01-01": amount}} for edge, amount in amounts
    ]
    return {"metadata": {"type": "single_amount"}, "brackets": brackets}


_YUAN_PER_WAN = FEN_PER_WAN // FEN_PER_YUAN
_PARAMETERS = {
    "tech_sme": {
        "staff_at_most": _dated(500),
        "sales_at_most": _dated(20_000 * _YUAN_PER_WAN),
        "assets_at_most": _dated(20_000 * _YUAN_PER_WAN),
        "pass_mark": _dated(60),
        "tech_staff": _scale(0.10, 0.15, 0.20, 0.25, 0.30, step=4),
        "rd_by_sales": _scale(0.02, 0.03, 0.04, 0.05, 0.06, step=10),
        "rd_by_cost": _scale(0.10, 0.15, 0.20, 0.25, 0.30, step=10),
        "class2": _scale(1, 2, 3, 4, step=6),
    },
    "hnte": {
        "age_in_days": _dated(365),
        "tech_staff_share": _dated(0.1),
        "hightech_share": _dated(0.6),
        "domestic_share": _dated(0.6),
        "above": _dated(70),
        "bracket_edges": {"low": _dated(5_000 * _YUAN_PER_WAN), "high": _dated(20_000 * _YUAN_PER_WAN)},
        "class2": _scale(1, 3, 5, step=1),
        "conversions": _scale(1, 2, 3, 4, 5, step=1),
        "growth": {
            "metadata": {"type": "single_amount"},
            "brackets": [
                {"threshold": {"2016-01-01": edge}, "amount": {"2016-01-01": band}}
                for edge, band in ((0.05, 2), (0.15, 3), (0.25, 4), (0.35, 5))
            ],
        },
    },
}

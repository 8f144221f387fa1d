"""Made-up enterprises for the benchmarks: seeded, consistent, with holes.

The facts of one firm hang together (technical staff are part of the staff, domestic R&D is part of R&D, a
young firm has no early years), sizes are lognormal, and one latent "innovation" of the firm moves its R&D,
its intellectual property and its grades together, so that every outcome occurs. Afterwards a tenth of every
column is hidden at random.

Rows come in blocks that depend only on the seed and the block's number: a larger file starts with the rows
of a smaller one, and memory does not grow with the size.
"""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
from contract import AS_OF, COLUMNS, FEN_PER_WAN, POINT, YEARS
from polars.io.plugins import register_io_source

from yumiao.model.fact_files import COMPRESSION, write_facts

BLOCK = 125_000
"""Rows of one block and of one row group."""
SEED = 20_260_601
MISSING_SHARE = 0.1

_TYPES = {
    "count": pl.Int64,
    "money": pl.Int64,
    "number": pl.Int64,
    "bool": pl.Boolean,
    "date": pl.Date,
    "category": pl.String,
}
KINDS = COLUMNS["tech_sme"] | COLUMNS["hnte"]
SCHEMA = pl.Schema({"subject": pl.String} | {name: _TYPES[kind] for name, kind in KINDS.items()})

_MOST_FEN = 10_000_000 * FEN_PER_WAN
"""Amounts end at 1000亿元, so that sums over 1e8 rows fit 64 bits."""

Facts = dict[str, np.ndarray]


def write(path: Path, rows: int, seed: int = SEED) -> None:
    """Write ``rows`` enterprises as the platform keeps a table of facts, a few blocks in memory at a time."""

    def blocks(*_: object) -> Iterator[pl.DataFrame]:
        for number, start in enumerate(range(0, rows, BLOCK)):
            yield make_block(number, seed).head(rows - start)

    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    write_facts(register_io_source(blocks, schema=SCHEMA), unfinished, BLOCK)
    unfinished.rename(path)


def ensure(folder: Path, rows: int) -> Path:
    """Return the file of ``rows`` enterprises in ``folder``, written now if it is not there."""
    path = folder / f"enterprises-{rows}-{SEED}-{COMPRESSION}.parquet"
    if not path.exists():
        write(path, rows)
    return path


def make_block(number: int, seed: int = SEED) -> pl.DataFrame:
    """Make one block of 125,000 enterprises, holes included."""
    rng = np.random.default_rng([seed, number])
    innovation = rng.normal(size=BLOCK)
    first_year, established_on = _founding(rng)
    facts = {
        "established_on": established_on,
        **_sizes(rng, innovation),
        **_standing(rng, innovation),
        **_property(rng, innovation),
        **_grades(rng, innovation),
    }
    columns = {"subject": pl.Series([f"E{number * BLOCK + i:09d}" for i in range(BLOCK)])}
    for name, kind in KINDS.items():
        known = rng.random(BLOCK) >= MISSING_SHARE
        if "@" in name:
            known &= first_year <= int(name.rpartition("@")[2])
        series = pl.Series(facts[name]).cast(_TYPES[kind])
        columns[name] = pl.select(pl.when(pl.Series(known)).then(series)).to_series()
    return pl.DataFrame(columns, schema=SCHEMA)


def _founding(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw founding years and days: 88 % before 2022, none after the last fiscal year."""
    old = rng.random(BLOCK) < 0.88
    year = np.where(old, rng.integers(1993, 2022, BLOCK), rng.integers(2022, AS_OF.year, BLOCK))
    first_day = np.array([np.datetime64(dt.date(y, 1, 1)) for y in range(1993, AS_OF.year)])[year - 1993]
    return year, (first_day + rng.integers(0, 365, BLOCK)).astype("datetime64[D]")


def _sizes(rng: np.random.Generator, innovation: np.ndarray) -> Facts:
    """Draw people and amounts. One firm in thirty grows and spends by plan: exactly on the edge of a band."""
    staff = np.clip(rng.lognormal(np.log(28), 1.35, BLOCK), 1, 60_000).astype(np.int64)
    tech_share = _logistic(-1.35 + 0.9 * innovation + rng.normal(0, 0.6, BLOCK))
    sales = {2025: staff * rng.lognormal(np.log(55 * FEN_PER_WAN), 0.75, BLOCK)}
    assets = {2025: sales[2025] * rng.lognormal(0.05, 0.6, BLOCK)}
    trend = rng.normal(0.09 + 0.06 * innovation, 0.1)
    for year in reversed(YEARS[:-1]):
        sales[year] = sales[year + 1] / np.exp(trend + rng.normal(0, 0.15, BLOCK))
        assets[year] = assets[year + 1] / np.exp(trend + rng.normal(0, 0.12, BLOCK))
    equity = rng.normal(0.48 + 0.04 * innovation, 0.24)
    does_rd = rng.random(BLOCK) < _logistic(0.9 + 1.2 * innovation)
    intensity = does_rd * rng.lognormal(np.log(0.045) + 0.45 * innovation, 0.5)
    domestic = np.where(rng.random(BLOCK) < 0.85, 1.0, rng.beta(3, 1.5, BLOCK))
    on_plan = rng.random(BLOCK) < 0.03
    planned_rate, planned_percent = rng.choice([105, 115, 125, 135], BLOCK), rng.choice([3, 4, 5, 6], BLOCK)
    facts = {"staff_total@2025": staff, "tech_staff@2025": (staff * tech_share).astype(np.int64)}
    turnover = _fen(sales[YEARS[0]] / 1e6) * 1_000_000
    for year in YEARS:
        turnover = np.where(on_plan, turnover, _fen(sales[year]))
        turnover = np.where(rng.random(BLOCK) < 0.01, 0, turnover)
        rd = _fen(sales[year] * np.minimum(intensity * rng.lognormal(0, 0.2, BLOCK), 2.0))
        rd = np.where(on_plan, turnover * planned_percent // 100, rd)
        facts |= {
            f"sales_revenue@{year}": turnover,
            f"rd_expense_hnte@{year}": rd,
            f"rd_expense_hnte_domestic@{year}": np.minimum(rd, (rd * domestic).astype(np.int64)),
            f"net_assets@{year}": _fen(assets[year] * (equity + rng.normal(0, 0.02, BLOCK))),
        }
        turnover = turnover * planned_rate // 100
    rd_claimed = np.where(on_plan, rd, (rd * rng.uniform(0.75, 1, BLOCK)).astype(np.int64))
    income = facts["sales_revenue@2025"] + _fen(sales[2025] * rng.exponential(0.02, BLOCK))
    hightech = np.where(does_rd, rng.beta(4, 1.6, BLOCK), rng.beta(1, 6, BLOCK))
    return facts | {
        "total_assets@2025": _fen(assets[2025]),
        "cost_expense_total@2025": _fen(sales[2025] * rng.lognormal(-0.08, 0.12, BLOCK)),
        "rd_expense_tsme@2025": rd_claimed,
        "hightech_revenue@2025": (income * hightech).astype(np.int64),
        "total_income@2025": income,
    }


def _standing(rng: np.random.Generator, innovation: np.ndarray) -> Facts:
    """Draw the yes/no facts."""

    def with_share(share: float, pull: float = 0.0) -> np.ndarray:
        return rng.random(BLOCK) < _logistic(np.log(share / (1 - share)) + pull * innovation)

    return {
        "resident_enterprise_audited_collection": with_share(0.95),
        "restricted_or_eliminated_industry": with_share(0.02),
        "super_deduction_excluded_industry": with_share(0.08, -0.6),
        "serious_incident_last_or_current_year": with_share(0.01),
        "abnormal_or_dishonest_list": with_share(0.03, -0.3),
        "valid_hnte_certificate": with_share(0.06, 1.4),
        "national_award_top3_within_5y": with_share(0.002, 1.2),
        "provincial_rd_institution": with_share(0.015, 1.4),
        "led_standard_within_5y": with_share(0.01, 1.2),
        "owns_core_ip": with_share(0.65, 1.8),
        "in_supported_hightech_domain": with_share(0.6, 1.6),
        "standards_participation": with_share(0.08, 1.0),
        "serious_incident_within_365_days": with_share(0.01),
    }


def _property(rng: np.random.Generator, innovation: np.ndarray) -> Facts:
    """Draw intellectual property as each policy counts it, and the conversions of three years."""
    class1, class2 = rng.poisson(np.exp(-0.9 + 1.1 * innovation)), rng.poisson(np.exp(0.8 + 0.9 * innovation))
    conversions = rng.poisson(np.exp(2.2 + 0.6 * innovation))
    return {
        "ip_class1_count.tsme": class1,
        "ip_class2_count.tsme": class2,
        "ip_class1_count.hnte": class1,
        "ip_class2_count.hnte": rng.binomial(class2, 0.8),
        "transformations_annual_avg": conversions * POINT // 3,
    }


def _grades(rng: np.random.Generator, innovation: np.ndarray) -> Facts:
    """Draw what experts judged: letters, and whole points of the organisation items."""

    def letter(letters: str) -> np.ndarray:
        rank = (0.5 - innovation / 4 + rng.normal(0, 0.16, BLOCK)) * len(letters)
        return np.array(list(letters))[np.clip(rank, 0, len(letters) - 1).astype(int)]

    def points(most: int) -> np.ndarray:
        return (
            np.clip(np.rint(most * (0.68 + 0.15 * innovation + rng.normal(0, 0.15, BLOCK))), 0, most) * POINT
        )

    return {
        "ip_tech_level_grade": letter("ABCDE"),
        "ip_core_support_grade": letter("ABCDE"),
        "ip_acquisition_grade": np.where(rng.random(BLOCK) < 0.85, "A", "B"),
        "org_system_points": points(6),
        "org_rd_body_points": points(6),
        "org_incentive_points": points(4),
        "org_training_points": points(4),
    }


def _logistic(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def _fen(amount: np.ndarray) -> np.ndarray:
    """Round to whole yuan, as books are kept in yuan, and give fen."""
    return np.clip(np.rint(amount / 100), -_MOST_FEN // 100, _MOST_FEN // 100).astype(np.int64) * 100


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("path", type=Path)
    parser.add_argument("rows", type=int)
    arguments = parser.parse_args()
    write(arguments.path, arguments.rows)

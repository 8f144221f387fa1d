"""高新技术企业 in Polars, written by hand."""

from __future__ import annotations

import datetime as dt
from functools import reduce
from operator import add, and_, or_

import polars as pl
from contract import AS_OF, CONDITIONS, FEN_PER_WAN, POINT, YEARS
from polars import col

from peers.polars_parts import first_true, named, outcome, small

EDGE_5_PERCENT, EDGE_4_PERCENT = 5_000 * FEN_PER_WAN, 20_000 * FEN_PER_WAN
YEAR_AGO = AS_OF.replace(year=AS_OF.year - 1)


def with_hnte(frame: pl.LazyFrame, name: str) -> pl.LazyFrame:
    """Add the answers, named ``name.…``."""

    def at(part: str) -> str:
        return f"{name}.{part}"

    frame = _years(frame)
    frame = _sums(frame)
    frame = _items(frame)
    tech, staff = col("tech_staff@2025"), col("staff_total@2025")
    hightech, income = col("hightech_revenue@2025"), col("total_income@2025")
    low, high = col("h_score_low"), col("h_score_high")
    rd_met = (
        col("h_founded")
        & (col("h_sales") > 0)
        & (col("h_rd_least") * 100 >= col("h_percent") * col("h_sales"))
    )
    domestic_met = col("h_founded") & (col("h_rd") > 0) & (col("h_domestic_least") * 5 >= col("h_rd") * 3)
    founded = pl.when("h_founded")
    frame = frame.with_columns(
        (col("established_on") <= YEAR_AGO).alias(at("H1_age")),
        col("owns_core_ip").alias(at("H2_core_ip")),
        col("in_supported_hightech_domain").alias(at("H3_domain")),
        _share_met(tech, staff, 10, 1).alias(at("H4_tech_staff")),
        outcome(rd_met.fill_null(value=False), col("h_rd_possible")).alias(at("H5_rd_ratio")),
        outcome(domestic_met.fill_null(value=False), col("h_domestic_possible")).alias(at("H5_domestic")),
        _share_met(hightech, income, 5, 3).alias(at("H6_hightech_revenue")),
        outcome(low > 70 * POINT, high > 70 * POINT).alias(at("H7_score")),
        (~col("serious_incident_within_365_days")).alias(at("H8_conduct")),
        low.alias(at("score_low")),
        high.alias(at("score_high")),
        (col("established_on").to_physical() - (YEAR_AGO - dt.date(1970, 1, 1)).days)
        .clip(0)
        .alias(at("H1_age.gap")),
        pl.when(staff > 0).then(((staff + 9) // 10 - tech).clip(0)).alias(at("H4_tech_staff.gap")),
        pl.when(income > 0)
        .then(((income * 3 + 4) // 5 - hightech).clip(0))
        .alias(at("H6_hightech_revenue.gap")),
        founded.then(
            pl.when(col("h_sales") > 0).then((col("h_sales") * col("h_percent") + 99) // 100 - col("h_rd"))
        ).alias("h_rd_short"),
        founded.then(pl.when(col("h_rd") > 0).then((col("h_rd") * 3 + 4) // 5 - col("h_domestic"))).alias(
            "h_domestic_short"
        ),
    )
    return frame.with_columns(
        pl.when(at("H5_rd_ratio")).then(0).otherwise("h_rd_short").alias(at("H5_rd_ratio.gap")),
        pl.when(at("H5_domestic")).then(0).otherwise("h_domestic_short").alias(at("H5_domestic.gap")),
        pl.when(at("H7_score")).then(0).when(low == high).then(71 * POINT - low).alias(at("H7_score.gap")),
        reduce(and_, [col(at(part)) for part in CONDITIONS["hnte"]]).alias(at("outcome")),
    )


def _share_met(part: pl.Expr, whole: pl.Expr, times: int, over: int) -> pl.Expr:
    """Whether ``part * times >= whole * over`` over a positive whole; a zero part or whole settles it."""
    zero = pl.when((part == 0) | (whole == 0)).then(statement=False)
    return pl.when(whole > 0).then(part * times >= whole * over).fill_null(zero)


def _years(frame: pl.LazyFrame) -> pl.LazyFrame:
    """Amounts of the years there are: 0 before the founding year."""
    founded = col("established_on")
    amounts = []
    for year in YEARS:
        before = founded >= dt.date(year + 1, 1, 1)
        for metric, short in _SERIES.items():
            amounts.append(pl.when(before).then(0).otherwise(f"{metric}@{year}").alias(f"{short}{year}"))
    return frame.with_columns(amounts)


_SERIES = {
    "sales_revenue": "s",
    "rd_expense_hnte": "r",
    "rd_expense_hnte_domestic": "d",
    "net_assets": "n",
}


def _sums(frame: pl.LazyFrame) -> pl.LazyFrame:
    """Sums over the last one, two and three years, and whether their ratios can be reached.

    With the founding day unknown the firm may have one, two or three years, so each number of years must
    fail before the condition fails.
    """
    last = col("s2025")
    sums = [
        pl.when(last <= EDGE_5_PERCENT)
        .then(5)
        .when(last <= EDGE_4_PERCENT)
        .then(4)
        .when(last > EDGE_4_PERCENT)
        .then(3)
        .alias("h_percent"),
        col("established_on").is_not_null().alias("h_founded"),
    ]
    for short in "srd":
        newest, middle, oldest = (col(f"{short}{year}") for year in reversed(YEARS))
        sums += named(
            **{
                f"{short}_1": newest,
                f"{short}_2": newest + middle,
                f"{short}_3": newest + middle + oldest,
                f"{short}_1_least": newest.fill_null(0),
                f"{short}_2_least": newest.fill_null(0) + middle.fill_null(0),
                f"{short}_3_least": newest.fill_null(0) + middle.fill_null(0) + oldest.fill_null(0),
            }
        )
    rd, domestic = (
        [possible(years) for years in (3, 2, 1)] for possible in (_rd_possible, _domestic_possible)
    )
    return frame.with_columns(sums).with_columns(
        named(
            h_sales=col("s_3"),
            h_rd=col("r_3"),
            h_domestic=col("d_3"),
            h_rd_least=col("r_3_least"),
            h_domestic_least=col("d_3_least"),
            h_rd_possible=rd[0] | (~col("h_founded") & (rd[1] | rd[2])),
            h_domestic_possible=domestic[0] | (~col("h_founded") & (domestic[1] | domestic[2])),
        )
    )


def _rd_possible(years: int) -> pl.Expr:
    """Whether some completion reaches the R&D ratio over the last ``years`` years.

    Unknown R&D can be any amount. Unknown sales are best at nothing or just beyond a bracket's edge.
    """
    rd, sales = col(f"r_{years}_least"), col(f"s_{years}_least")
    reached = (rd * 100 >= sales * col("h_percent")).fill_null(
        (rd * 100 >= sales * 5)
        | (rd * 100 >= (sales + (EDGE_5_PERCENT + 1)) * 4)
        | (rd * 100 >= (sales + (EDGE_4_PERCENT + 1)) * 3)
    )
    has_sales = col(f"s_{years}").is_null() | (sales > 0)
    return has_sales & (col(f"r_{years}").is_null() | ((rd > 0) & reached))


def _domestic_possible(years: int) -> pl.Expr:
    """Whether some completion reaches the domestic share over the last ``years`` years."""
    domestic, rd = col(f"d_{years}_least"), col(f"r_{years}_least")
    has_rd = col(f"r_{years}").is_null() | (rd > 0)
    return has_rd & (col(f"d_{years}").is_null() | ((domestic > 0) & (domestic * 5 >= rd * 3)))


def _items(frame: pl.LazyFrame) -> pl.LazyFrame:
    """Least and most points of the innovation score, in 1e-4 points."""
    organisation = {
        "org_system_points": 6,
        "org_rd_body_points": 6,
        "org_incentive_points": 4,
        "org_training_points": 4,
    }
    frame = _with_growth_bands(_with_growth_bands(frame, "s"), "n")
    unfounded = ~col("h_founded")
    unsure = reduce(or_, [(col(f"n{year}") < 0).fill_null(value=True) for year in YEARS])
    sales = [col(f"s{year}") for year in YEARS]
    open_sales = reduce(or_, [value.is_null() for value in sales])
    stuck = (sales[1] == 0) | (sales[1].is_null() & (sales[0] == 0) & (sales[2] == 0))
    class1, class2 = col("ip_class1_count.hnte"), col("ip_class2_count.hnte")
    by_class2 = [(class2 >= 5, 3), (class2 >= 3, 2), (class2 >= 1, 1)]
    conversions = col("transformations_annual_avg")
    by_conversions = [(conversions >= number * POINT, number) for number in (5, 4, 3, 2, 1)]
    organisation_most = [col(name).fill_null(most * POINT) for name, most in organisation.items()]
    letters = {"level": col("ip_tech_level_grade"), "support": col("ip_core_support_grade")}
    by_letter = {
        name: [(letter == mark, band) for mark, band in zip("ABCD", (4, 3, 2, 1), strict=True)]
        for name, letter in letters.items()
    }
    frame = frame.with_columns(
        named(
            level_least=first_true(by_letter["level"], small(0)),
            level_most=first_true([*by_letter["level"], (letters["level"].is_null(), 4)], small(0)),
            support_least=first_true(by_letter["support"], small(0)),
            support_most=first_true([*by_letter["support"], (letters["support"].is_null(), 4)], small(0)),
            count_least=first_true([(class1 >= 1, 4), *by_class2], small(0)),
            count_most=pl.when(class1 == 0)
            .then(first_true([*by_class2, (class2.is_null(), 3)], small(0)))
            .otherwise(small(4)),
            conversions_least=first_true(by_conversions, small(0)),
            conversions_most=first_true([*by_conversions, (conversions.is_null(), 5)], small(0)),
            sales_least=pl.when(unfounded).then(small(0)).otherwise("s_bands"),
            sales_most=pl.when(~open_sales).then("s_bands").when(stuck).then(small(0)).otherwise(small(5)),
            assets_least=pl.when(unsure | unfounded).then(small(0)).otherwise("n_bands"),
            assets_most=pl.when(unsure).then(small(5)).otherwise("n_bands"),
            acquired_most=first_true([(col("ip_acquisition_grade") == "B", 3)], small(6)),
            standards_least=first_true([(col("standards_participation"), 1)], small(0)),
            standards_most=first_true([(~col("standards_participation"), 0)], small(2)),
            organisation_least=reduce(add, [col(name).fill_null(0) for name in organisation]),
            organisation_most=reduce(add, organisation_most),
        )
    )
    letters_most = col("level_most") + col("support_most") + col("count_most")
    ip_most = letters_most * 2 + col("acquired_most") + col("standards_most")
    capped = pl.when(ip_most > 30).then(small(30)).otherwise(ip_most)
    conversions_first = (
        pl.when(col("conversions_least") > 0).then(col("conversions_least") * 6 - 5).otherwise(small(0))
    )
    pairs = ("level", "support", "count", "sales", "assets")
    least = (
        reduce(add, [_first_of_band(f"{name}_least") for name in pairs])
        + 1
        + col("standards_least")
        + conversions_first
    )
    most = capped + (col("sales_most") + col("assets_most")) * 2 + col("conversions_most") * 6
    return frame.with_columns(
        (least.cast(pl.Int64) * POINT + col("organisation_least")).alias("h_score_low"),
        (most.cast(pl.Int64) * POINT + col("organisation_most")).alias("h_score_high"),
    )


def _first_of_band(name: str) -> pl.Expr:
    """Bands of two points: 0 | 1-2 | 3-4 | …"""
    return pl.when(col(name) > 0).then(col(name) * 2 - 1).otherwise(small(0))


def _with_growth_bands(frame: pl.LazyFrame, short: str) -> pl.LazyFrame:
    """Add the growth band, 0 to 5; with the founding day unknown, the best of two and three years.

    Twice (1 + growth) is a fraction of products of amounts. Unknown amounts stand at their worst: an
    unknown first year boundless, an unknown last year zero. A middle year of zero or unknown is worth
    nothing.
    """
    first, middle, last = (col(f"{short}{year}").cast(pl.Int128) for year in YEARS)
    frame = frame.with_columns(
        first.alias("g1"), middle.fill_null(0).alias("g2"), last.fill_null(0).alias("g3")
    )
    square, cross = col("g2") * col("g2"), col("g1") * col("g3")
    pair = (col("g1") > 0) & (col("h_founded") | (square >= cross))
    zero_first = (col("g1") >= 0).fill_null(value=False)
    frame = frame.with_columns(
        pl.when(pair)
        .then(square + cross)
        .when(zero_first)
        .then(col("g3") * 2)
        .otherwise("g3")
        .alias("g_over"),
        pl.when(pair).then(col("g1") * col("g2")).otherwise("g2").alias("g_under"),
    )
    over, under = col("g_over") * 10, col("g_under")
    by_growth = [(over >= under * tenths, band) for tenths, band in ((27, 5), (25, 4), (23, 3), (21, 2))]
    cases = [(col("g2") == 0, 0), *by_growth, (over > under * 20, 1)]
    return frame.with_columns(first_true(cases, small(0)).alias(f"{short}_bands"))

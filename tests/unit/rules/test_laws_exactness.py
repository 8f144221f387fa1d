"""Thresholds compare as the text says: a share of money in fen is exactly the share, and one fen less is less."""

import operator
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st
from tests.law_cases import law
from tests.law_policies import made

from yumiao.model.outcomes import Outcome

COMPARE = {">=": operator.ge, ">": operator.gt, "<=": operator.le, "<": operator.lt, "=": operator.eq}
SHARES = ("3", "4", "5", "6", "7", "10", "15", "29", "29.8", "30", "33.3333", "60", "0.01", "120")
GROWTHS = ("5", "10", "20", "30", "0.1", "-10")
AMOUNTS = ("100", "1500", "0.01", "33.333333")
FEN = st.one_of(
    st.integers(1, 10**6), st.integers(1, 10**13), st.integers(1, 10**7).map(lambda number: number * 10**6)
)
"""Money in fen, up to 100 billion yuan; some of it whole 万元."""

NEAR = st.integers(-1, 1)


def policy(left, bounds, unit):
    """A policy with one condition for each bound and sign."""
    needs = {(bound, sign): f"{left} {sign} {bound}{unit}" for bound in bounds for sign in COMPARE}
    conditions = {f"C{number}": {"zh": "甲", "need": need} for number, need in enumerate(needs.values())}
    return made({"conditions": conditions, "met_when": ["C0"]}), list(needs)


def expected(keys, value, scale=100, periods=1):
    """What each condition says of an exact value; growth is compared as a ratio, to its power."""
    answers = [COMPARE[sign](value, (Fraction(bound) / scale) ** periods) for bound, sign in keys]
    return {f"C{number}": Outcome.MET if answer else Outcome.NOT_MET for number, answer in enumerate(answers)}


SHARE, SHARE_KEYS = policy("rd / revenue", SHARES, "%")
SUM, SUM_KEYS = policy("sum(rd, last 3 FY) / sum(revenue, last 3 FY)", SHARES, "%")
GROWTH, GROWTH_KEYS = policy("growth(revenue)", GROWTHS, "%")
COMPOUND, COMPOUND_KEYS = policy("compound_growth(revenue, FY-4, FY-1)", GROWTHS, "%")
MONEY, MONEY_KEYS = policy("revenue", AMOUNTS, " 万元")


def at_share(denominator, share, near):
    """The whole number at a share of another, or one beside it."""
    return max(0, int(denominator * Fraction(share) / 100) + near)


def grown(rates):
    """Bounds of growth as bounds of the ratio, in percent."""
    return [(str(Fraction(rate) + 100), sign) for rate, sign in rates]


@law(150)
@given(FEN, st.sampled_from(SHARES), NEAR)
def test_share_of_money_in_fen_compares_exactly(revenue, share, near):
    row = {"revenue@2025": revenue, "rd@2025": at_share(revenue, share, near)}

    answer = SHARE.answer(row)

    assert answer.conditions == expected(SHARE_KEYS, Fraction(row["rd@2025"], revenue))


@law(100)
@given(st.lists(FEN, min_size=3, max_size=3), st.sampled_from(SHARES), NEAR)
def test_share_of_sums_over_years_compares_exactly(revenues, share, near):
    total = at_share(sum(revenues), share, near)
    spent = [total // 3, total // 3, total - 2 * (total // 3)]
    row = {f"revenue@{year}": amount for year, amount in zip((2023, 2024, 2025), revenues, strict=True)}
    row |= {f"rd@{year}": amount for year, amount in zip((2023, 2024, 2025), spent, strict=True)}

    answer = SUM.answer(row)

    assert answer.conditions == expected(SUM_KEYS, Fraction(total, sum(revenues)))


@law(100)
@given(FEN, st.sampled_from(GROWTHS), NEAR)
def test_growth_compares_exactly(before, rate, near):
    after = at_share(before, Fraction(rate) + 100, near)

    answer = GROWTH.answer({"revenue@2024": before, "revenue@2025": after})

    assert answer.conditions == expected(grown(GROWTH_KEYS), Fraction(after, before))


@law(100)
@given(st.integers(1, 10**4), st.sampled_from(GROWTHS), NEAR)
def test_compound_growth_compares_without_a_root(size, rate, near):
    before = size * 10**6
    after = int(before * ((Fraction(rate) + 100) / 100) ** 3) + near

    answer = COMPOUND.answer({"revenue@2022": before, "revenue@2025": after})

    assert answer.conditions == expected(grown(COMPOUND_KEYS), Fraction(after, before), periods=3)


@law(50)
@given(st.sampled_from(AMOUNTS), NEAR)
def test_amount_of_money_compares_to_the_fen(amount, near):
    revenue = int(Fraction(amount) * 10**6) + near

    answer = MONEY.answer({"revenue@2025": revenue})

    assert answer.conditions == expected(MONEY_KEYS, Fraction(revenue, 10**6), scale=1)

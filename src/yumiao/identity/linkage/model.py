"""The probabilistic model: what is compared, and how much each finding weighs.

For each finding there is the share of pairs of one party that show it (``m``) and of pairs of different parties
(``u``). They are fixed rather than learnt from the lists at hand: what reaches this step is what exact steps have left
over, a few rows of which hardly any pair is the same party, and expectation maximisation on such rows settles on
whatever varies most. With fixed values the same two lists always give the same answer, and a weight can be argued
about.

- ``m`` of the parts: how often a bureau writes that part otherwise. The trade name is what people keep, the form
  what they shorten, the industry what changes when a company changes its name.
- ``u`` of trade name and region: their frequency in the two lists themselves, so that a rare trade name says more
  than 东方, and 常州 in a list of Changzhou says nothing. A background of :data:`BACKGROUND` parties stands behind
  short lists.
- the other ``u``: shares among random pairs of company names of one province, rounded.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from yumiao.model.text import Text

BACKGROUND = 20_000
"""Parties that are thought to stand behind the lists when the frequency of a word is counted."""

EXPECTED_SHARE = 0.5
"""The share of the left that is expected to be on the right, before anything is compared."""


@dataclass(frozen=True, slots=True)
class Level:
    """One finding of a comparison.

    Attributes:
        condition: SQL over ``…_l`` and ``…_r``; "" for "anything else", NULL for "a side is not known".
        words: the finding, with {0} and {1} for the two values.
        frequency: the column whose frequency replaces ``u``; "" without.
    """

    name: str
    condition: str | None
    words: Text
    m: float = 0.0
    u: float = 0.0
    frequency: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is compared: its levels from the most to the least alike; ``shown``: the columns its words quote."""

    part: str
    shown: str
    levels: tuple[Level, ...] = field(default=())


SHORTENED = "shortened"
GAPS = "gaps"
"""Columns made of a trade name to compare it by characters (DuckDB's distances count bytes): the name with one
character left out, and the same with the place of the gap (2:恒立), where the names meet that differ in that place."""


def _either_null(column: str) -> str:
    return f'"{column}_l" IS NULL OR "{column}_r" IS NULL'


def _equal(column: str) -> str:
    return f'"{column}_l" = "{column}_r"'


_ONE_MORE = 'list_contains("shortened_l", "trade_name_r") OR list_contains("shortened_r", "trade_name_l")'
_ONE_OTHER = 'list_has_any("gaps_l", "gaps_r")'
_LONG = 'length("trade_name_l") > 2'
_CONTAINS = " OR ".join(
    f'{function}("trade_name_{one}", "trade_name_{other}")'
    for function in ("starts_with", "ends_with")
    for one, other in (("l", "r"), ("r", "l"))
)
_CLOSE = f"{_ONE_MORE} OR ({_LONG} AND {_ONE_OTHER})"
_HALF = f"{_ONE_OTHER} OR {_CONTAINS}"
_INDUSTRY_STARTS = (
    'starts_with("industry_l", "industry_r") OR starts_with("industry_r", "industry_l")'
    ' OR ends_with("industry_l", "industry_r") OR ends_with("industry_r", "industry_l")'
)
_WITHIN = (
    'starts_with("region_l", "region_r") OR starts_with("region_r", "region_l")'
    " OR \"region_l\" = 'CN' OR \"region_r\" = 'CN'"
)

COMPARISONS = (
    Comparison(
        "trade_name",
        "trade_name",
        (
            Level("unknown", _either_null("trade_name"), Text("没有字号", "a trade name is lacking")),
            Level(
                "equal",
                _equal("trade_name"),
                Text("字号相同（{0}）", "same trade name ({0})"),
                m=0.92,
                u=0.0001,
                frequency="trade_name",
            ),
            Level(
                "close",
                _CLOSE,
                Text("字号差一字（{0}／{1}）", "trade names one character apart ({0} / {1})"),
                m=0.04,
                u=0.0005,
            ),
            Level(
                "half",
                _HALF,
                Text("字号近似（{0}／{1}）", "trade names partly alike ({0} / {1})"),
                m=0.03,
                u=0.006,
            ),
            Level(
                "else", "", Text("字号不同（{0}／{1}）", "trade names differ ({0} / {1})"), m=0.01, u=0.9934
            ),
        ),
    ),
    Comparison(
        "industry",
        "industry",
        (
            Level("unknown", _either_null("industry"), Text("未写明行业", "an industry is not named")),
            Level(
                "equal", _equal("industry"), Text("行业相同（{0}）", "same industry ({0})"), m=0.86, u=0.03
            ),
            Level(
                "part",
                _INDUSTRY_STARTS,
                Text("行业相近（{0}／{1}）", "industries overlap ({0} / {1})"),
                m=0.10,
                u=0.04,
            ),
            Level("else", "", Text("行业不同（{0}／{1}）", "industries differ ({0} / {1})"), m=0.04, u=0.93),
        ),
    ),
    Comparison(
        "region",
        "region_text",
        (
            Level("unknown", _either_null("region"), Text("未写明地区", "a region is not named")),
            Level(
                "equal",
                _equal("region"),
                Text("地区相同（{0}）", "same region ({0})"),
                m=0.975,
                u=0.05,
                frequency="region",
            ),
            Level(
                "within",
                _WITHIN,
                Text("地区相容（{0}／{1}）", "one region lies in the other ({0} / {1})"),
                m=0.02,
                u=0.10,
            ),
            Level("else", "", Text("地区不同（{0}／{1}）", "regions differ ({0} / {1})"), m=0.005, u=0.85),
        ),
    ),
    Comparison(
        "form",
        "form",
        (
            Level("unknown", _either_null("form"), Text("未写明组织形式", "a form is not named")),
            Level("equal", _equal("form"), Text("组织形式相同", "same form of organisation"), m=0.89, u=0.55),
            Level(
                "turned",
                _equal("form_group"),
                Text("公司类型不同", "another type of company"),
                m=0.09,
                u=0.20,
            ),
            Level("else", "", Text("组织形式不同", "forms of organisation differ"), m=0.02, u=0.25),
        ),
    ),
    Comparison(
        "branch",
        "branch",
        (
            Level("unknown", _either_null("branch"), Text("", "")),
            Level("equal", _equal("branch"), Text("", ""), m=0.9995, u=0.95),
            Level(
                "else", "", Text("分支机构不同（{0}／{1}）", "branches differ ({0} / {1})"), m=0.0005, u=0.05
            ),
        ),
    ),
    Comparison(
        "address",
        "address",
        (
            Level("unknown", _either_null("road"), Text("", "")),
            Level(
                "equal",
                f"{_equal('road')} AND {_equal('number')}",
                Text("地址的路名门牌相同（{0}）", "same road and number ({0})"),
                m=0.60,
                u=0.0005,
            ),
            Level("road", _equal("road"), Text("地址的路名相同（{0}）", "same road ({0})"), m=0.10, u=0.0045),
            Level(
                "seat", _equal("seat"), Text("地址在同一区县", "addresses in one district"), m=0.15, u=0.15
            ),
            Level("else", "", Text("地址不同（{0}／{1}）", "addresses differ ({0} / {1})"), m=0.15, u=0.845),
        ),
    ),
)

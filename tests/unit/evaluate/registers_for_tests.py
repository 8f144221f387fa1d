"""A small register, rows of it, and a slow reading of its filters that tries every completion of a row."""

import datetime as dt
from fractions import Fraction
from itertools import product

import polars as pl
from hypothesis import strategies as st

from yumiao.intake.records import record_schema
from yumiao.model.units import UNITS
from yumiao.packs import expressions as ex
from yumiao.packs.definitions import RegisterDefinition

AS_OF = dt.date(2026, 7, 15)

REGISTER = {
    "label": {"zh": "台账", "en": "Register"},
    "columns": {
        "number": {"type": "text", "label": {"zh": "登记号", "en": "Number"}},
        "kind": {
            "label": {"zh": "类别", "en": "Kind"},
            "values": {
                "a": {"zh": "甲", "en": "A"},
                "b": {"zh": "乙", "en": "B"},
                "c": {"zh": "丙", "en": "C"},
            },
        },
        "valid": {"type": "bool", "label": {"zh": "有效", "en": "Valid"}, "derived": "state is alive"},
        "own": {"type": "bool", "label": {"zh": "自有", "en": "Own"}},
        "state": {"values": {"alive": {"zh": "有效", "en": "Alive"}, "dead": {"zh": "失效", "en": "Dead"}}},
        "begun": {"type": "date", "label": {"zh": "授权日", "en": "Begun"}},
        "moved": {"type": "date", "label": {"zh": "转让日", "en": "Moved"}},
        "ended": "date",
        "rank": "item",
    },
    "from": "begun",
    "until": "ended",
    "number": "number",
    "prefixes": ["ZL"],
    "counts": {},
}

DAYS = [AS_OF - dt.timedelta(days=days) for days in (-1, 0, 1, 364, 365, 366, 729, 730, 731, 2000)]
RANKS = list(range(6))

CHOICES = {
    "kind": ["a", "b", "c"],
    "valid": [True, False],
    "own": [True, False],
    "state": ["alive", "dead"],
    "begun": DAYS,
    "moved": DAYS,
    "rank": RANKS,
}
"""Values that stand for all others: both sides of every threshold that the tests write."""


def register_of(**filters: str) -> RegisterDefinition:
    """The register, with filters of the metric ``rights``."""
    return RegisterDefinition.model_validate(REGISTER | {"counts": {"rights": filters}})


def rows_of(register: RegisterDefinition, *rows: dict) -> pl.DataFrame:
    """Rows as an intake gives them: subject ``s`` unless said otherwise, one cell each."""
    schema = record_schema(register)
    schema |= {
        "batch": pl.String(),
        "source": pl.String(),
        "observed_on": pl.Date(),
        "recorded_at": pl.String(),
    }
    whole = [
        {
            "subject": "s",
            "row_id": str(at),
            "file": "f.xlsx",
            "sheet": "一",
            "cell": f"A{at}",
            "complete": False,
        }
        | row
        for at, row in enumerate(rows, 2)
    ]
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in whole], schema=schema)


# ── the slow reading ──────────────────────────────────────────────────────────────────────────────────────────────


def completions(row: dict, wanted: set[str]):
    """Every row that gives a value to each wanted field that the row leaves unknown."""
    unknown = [name for name in sorted(wanted) if row.get(name) is None]
    for values in product(*(CHOICES[name] for name in unknown)):
        yield row | dict(zip(unknown, values, strict=True))


def fields_of(register: RegisterDefinition, tree: ex.Node, row: dict) -> set[str]:
    """The fields that a statement rests on; a derived one stands for those it is derived from."""
    found = set()
    for node in ex.walk(tree):
        if isinstance(node, ex.Reference):
            derived = register.columns[node.name].derived
            if derived is not None and row.get(node.name) is None:
                found |= fields_of(register, derived.tree, row)
            else:
                found.add(node.name)
    return found


def judge_slowly(register: RegisterDefinition, tree: ex.Node, row: dict) -> int:
    """0 where no completion of the row meets the filter, 2 where every one does, else 1."""
    answers = {holds(register, tree, whole) for whole in completions(row, fields_of(register, tree, row))}
    return 1 if len(answers) == 2 else 2 * int(answers.pop())


def holds(register: RegisterDefinition, node: ex.Node, row: dict) -> bool:
    """Whether a filter holds for a row of which every field is known."""
    match node:
        case ex.AtLeast(count=count, parts=parts):
            return sum(holds(register, part, row) for part in parts) >= count
        case ex.Negation(body=body):
            return not holds(register, body, row)
        case ex.Constant(value=value):
            return value
        case ex.Yes(reference=reference):
            if row.get(reference.name) is None:
                return holds(register, register.columns[reference.name].derived.tree, row)
            return row[reference.name]
        case ex.IsValue(subject=ex.Reference() as subject, values=values):
            return row[subject.name] in values
        case ex.Comparison(operator=operator, left=left, right=right):
            a, b = amount(left, row), amount(right, row)
            return {">=": a >= b, "<=": a <= b, ">": a > b, "<": a < b, "=": a == b}[operator]
    raise AssertionError(node)


def amount(node: ex.Node, row: dict) -> Fraction:
    """A quantity in whole steps, a length in days."""
    match node:
        case ex.Number(value=value, unit=unit):
            return value * (unit or UNITS["number"]).steps
        case ex.Call(function="days", arguments=(start, end)):
            return Fraction((day(end, row) - day(start, row)).days)
        case ex.Reference():
            return Fraction(row[node.name])
    raise AssertionError(node)


def day(node: ex.Node, row: dict) -> dt.date:
    return AS_OF if isinstance(node, ex.ApplicationDate) else row[node.name]


# ── generated rows and filters ────────────────────────────────────────────────────────────────────────────────────


def rows_with_holes(names=tuple(CHOICES), *, holes: bool = True):
    """Rows of which any field may be unknown."""
    return st.fixed_dictionaries(
        {name: st.sampled_from([*CHOICES[name], *([None, None] if holes else [])]) for name in names}
    )


ATOMS = (
    "valid",
    "own",
    "kind is a",
    "kind in (b, c)",
    "kind in (a, b, c)",
    "rank <= 3 件",
    "rank > 0 件",
    "rank >= 0 件",
    "days(begun, application_date) > 730 天",
    "days(moved, application_date) >= 365 天",
    "days(moved, application_date) < 730 天",
)

FILTERS = st.recursive(
    st.sampled_from(ATOMS),
    lambda inner: st.one_of(
        inner.map(lambda text: f"not ({text})"),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: "(" + " and ".join(parts) + ")"),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: "(" + " or ".join(parts) + ")"),
        st.lists(inner, min_size=3, max_size=3).map(lambda parts: f"(at least 2 of {', '.join(parts)})"),
    ),
    max_leaves=6,
)

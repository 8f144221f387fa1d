"""Company names taken apart: region, trade name, industry, form of organisation, branch."""

from yumiao.identity.names.parsing import parse_name, parse_normalised
from yumiao.identity.names.parts import CompanyName, Part, PartKind
from yumiao.identity.names.text import comparison_form, normalise_name

__all__ = [
    "CompanyName",
    "Part",
    "PartKind",
    "comparison_form",
    "normalise_name",
    "parse_name",
    "parse_normalised",
]

"""The names of a list taken apart, as columns."""

from __future__ import annotations

from typing import Any

import polars as pl

from yumiao.identity.addresses import parse_address
from yumiao.identity.divisions import division_of_code
from yumiao.identity.names import CompanyName, comparison_form, parse_normalised
from yumiao.identity.names.forms import COMPANIES, FormKind

PARSED = {
    "text": pl.String,
    "trade_name": pl.String,
    "industry": pl.String,
    "middle": pl.String,
    "region": pl.String,
    "region_is_sure": pl.Boolean,
    "region_text": pl.String,
    "place": pl.String,
    "form": pl.String,
    "form_group": pl.String,
    "qualifiers": pl.String,
    "branch": pl.String,
}
"""One row per different name. NULL: the name says none (``region`` also: the words mean several places).

``form`` is equal for two ways to write one form; ``form_group`` is ``company`` or ``group`` for companies, else the
kind. ``branch`` and ``qualifiers`` are
"" when there are none, so that they can be joined on.
"""


def parse_texts(texts: pl.Series) -> pl.DataFrame:
    """Take each different normalised name apart; the result has the columns of :data:`PARSED`."""
    rows = [_row_of(parse_normalised(text)) for text in texts.drop_nulls().unique().sort()]
    return pl.DataFrame(rows, schema=PARSED, orient="row")


def _row_of(name: CompanyName) -> tuple[Any, ...]:
    codes = name.region_codes
    is_sure = bool(codes) and name.region is not None and name.region.is_sure and len(codes) == 1
    return (
        name.text,
        name.trade_name or None,
        name.industry or None,
        comparison_form(name.middle) or None,
        codes[0] if len(codes) == 1 else None,
        is_sure if codes else None,
        name.region.text if name.region else None,
        name.place or None,
        name.form_key or None,
        _form_group(name),
        "|".join(name.qualifiers),
        name.branch,
    )


def _form_group(name: CompanyName) -> str | None:
    if name.form is None:
        return None
    if name.form.kind in COMPANIES:
        return "group" if name.form.is_group or name.form.kind is FormKind.GROUP else "company"
    return name.form.kind.value


def place_columns(parties: pl.DataFrame) -> pl.DataFrame:
    """Take apart where each party is.

    Returns: one row per row of ``parties``: ``key``; ``seat`` (code of the division, from the column ``region``,
        else from the address), ``road`` and ``number`` of the address; NULL where not known.
    """
    found = {text: parse_address(text) for text in parties["address"].drop_nulls().unique()}
    rows = []
    for key, region, text in parties.select("key", "region", "address").iter_rows():
        address = found.get(text)
        codes = division_of_code(region) or (address.region_codes if address else ())
        road, number = (address.road or None, address.number or None) if address else (None, None)
        rows.append((key, codes[0] if len(codes) == 1 else None, road, number if road else None))
    schema = dict.fromkeys(("key", "seat", "road", "number"), pl.String)
    return pl.DataFrame(rows, schema=schema, orient="row")

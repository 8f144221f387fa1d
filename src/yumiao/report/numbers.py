"""Numbers as officers read them, one column at a time: grouped digits, units, never rounded past a threshold."""

from __future__ import annotations

import polars as pl

from yumiao.model.text import Language
from yumiao.model.units import Unit

_GROUP = 1000


def grouped_text(whole: pl.Expr) -> pl.Expr:
    """Print whole numbers of zero or more with a comma between thousands."""
    text = (whole % _GROUP).cast(pl.String)
    rest, size = whole // _GROUP, whole
    for _ in range(5):
        text = pl.when(size < _GROUP).then(text).otherwise(
            pl.concat_str((rest % _GROUP).cast(pl.String), pl.lit(","), _last_three(text))
        )
        size, rest = rest, rest // _GROUP
    return text


def _last_three(text: pl.Expr) -> pl.Expr:
    """Pad the leading group of a grouped number to three digits."""
    return text.str.replace(r"^(\d{1,2})(,|$)", "00$1$2").str.replace(r"^0*(\d{3})(,|$)", "$1$2")

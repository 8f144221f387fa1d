"""How long files are kept as they were received."""

from __future__ import annotations

import datetime as dt

YEARS_KEPT = 3
"""For how many years the encrypted original is kept, unless told otherwise."""


def kept_until(today: dt.date) -> dt.date:
    """Return the last day of a file received today."""
    return today + dt.timedelta(days=365 * YEARS_KEPT)

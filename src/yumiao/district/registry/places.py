"""Names of divisions, for people."""

from __future__ import annotations

from functools import cache

from yumiao.identity.divisions import read_divisions


@cache
def place_name(code: str) -> str:
    """Return the name of a division, of a town the county's with the town's code; the code where it has no name."""
    if not code:
        return ""
    divisions = read_divisions()
    found = divisions.get(code[:6]) or divisions.get(code)
    if found is None:
        return code
    return found.name if len(code) <= 6 else f"{found.name} {code}"

"""What is known of a party: its names over time, its codes, where it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from yumiao.identity.codes import CodeKind, check_code
from yumiao.identity.names import comparison_form, normalise_name


@dataclass(frozen=True, slots=True)
class DatedName:
    """A name and when it was borne: from ``since`` up to, without, ``until``; None where that is not known."""

    name: str
    since: dt.date | None = None
    until: dt.date | None = None


@dataclass(frozen=True, slots=True)
class KnownCode:
    """A code of a party as given, and what it is.

    Attributes:
        organisation_code: the organisation code (组织机构代码) in it: its places 9 to 17 when it is a unified
            social credit code; "" when it holds none.
    """

    code: str
    kind: CodeKind
    is_valid: bool
    organisation_code: str = ""


@dataclass(frozen=True, slots=True)
class Party:
    """What is known of one party; an empty field is not known.

    Attributes:
        key: whatever names the record where it comes from.
        name: its present name, as written.
        former_names: with dates where they are known.
        short_names: as recorded, such as the name on the stock exchange.
        codes: unified social credit code, and the older ones of the same party.
    """

    key: str
    name: str
    former_names: tuple[DatedName, ...] = ()
    short_names: tuple[str, ...] = ()
    codes: tuple[KnownCode, ...] = ()
    address: str = ""
    region: str = ""
    stock_code: str = ""

    def name_on(self, day: dt.date) -> str | None:
        """Return the name borne on a day; None when the dates of the former names do not tell.

        A former name without ``since`` is taken to follow directly on the one before it.
        """
        ends = [(former.until, former) for former in self.former_names if former.until is not None]
        if len(ends) < len(self.former_names):
            return None
        ended_later = sorted((pair for pair in ends if pair[0] > day), key=lambda pair: pair[0])
        if not ended_later:
            return self.name
        former = ended_later[0][1]
        return former.name if former.since is None or former.since <= day else None

    def bore(self, name: str) -> bool:
        """Say whether the party bears or bore a name, whatever its brackets, widths and blanks."""
        wanted = comparison_form(normalise_name(name))
        names: Iterable[str] = (self.name, *(former.name for former in self.former_names))
        return any(comparison_form(normalise_name(each)) == wanted for each in names)


def read_code(text: str) -> KnownCode:
    """Recognise a code: unified social credit code, organisation code, registration number (工商注册号).

    >>> read_code("91320412MADEM0003L").organisation_code
    'MADEM0003'
    """
    found = check_code(text)
    code = found.normalised.replace("-", "") if found.kind is CodeKind.ORGANISATION_CODE else found.normalised
    if found.kind is CodeKind.ORGANISATION_CODE:
        return KnownCode(code, found.kind, found.valid, code)
    inner = code[8:17] if found.kind is CodeKind.USCC and found.valid else ""
    return KnownCode(code, found.kind, found.valid, inner)


def codes_agree(left: KnownCode, right: KnownCode) -> bool | None:
    """Say whether two codes are of one party: True, False, or None where they cannot be compared.

    Codes that are not well formed say nothing. An organisation code agrees with the unified social credit code
    that contains it; a registration number can only be compared with another.
    """
    if not (left.is_valid and right.is_valid):
        return None
    if left.kind is right.kind:
        if left.code == right.code:
            return True
        shares_inner = bool(left.organisation_code) and left.organisation_code == right.organisation_code
        return None if shares_inner else False
    if left.organisation_code and right.organisation_code:
        return left.organisation_code == right.organisation_code
    return None

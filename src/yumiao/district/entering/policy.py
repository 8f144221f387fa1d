"""Who has to bring a second factor, as the machine's settings say."""

from __future__ import annotations

from enum import StrEnum

from yumiao.district.accounts.roles import Role

STAFF = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN, Role.OFFICER, Role.TOWN})
"""Roles of the offices; enterprises and experts may have a second factor and need none."""


class SecondFactor(StrEnum):
    """``required`` for staff, ``optional`` for all, or ``off``: for invented accounts on this machine only."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    OFF = "off"


def must_set_up(policy: SecondFactor, role: Role) -> bool:
    """Say whether somebody who has no second factor needs one before coming in."""
    return policy is SecondFactor.REQUIRED and role in STAFF

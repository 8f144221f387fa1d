"""Who can sign in to a demo district: one person of each role, with a password that is told to everybody."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from random import Random

from yumiao.demo.bureaus.words import bureau_words
from yumiao.district.accounts.roles import Role
from yumiao.district.accounts.services import create_person
from yumiao.district.demo.stated import Account
from yumiao.district.registry.models import OutcomeCurrent, Subject
from yumiao.model.text import Text

_POSTS = {
    "officer": (Role.OFFICER, Text("高企科 · 经办", "High-tech section · officer")),
    "town": (Role.TOWN, Text("湖塘镇 · 经办", "Town officer, Hutang")),
    "enterprise": (Role.ENTERPRISE, Text("企业 · 财务", "Enterprise · accounts")),
    "expert": (Role.EXPERT, Text("评审专家", "Expert")),
    "system": (Role.SYSTEM_ADMIN, Text("系统管理员", "System administrator")),
    "security": (Role.SECURITY_ADMIN, Text("安全管理员", "Security administrator")),
    "audit": (Role.AUDIT_ADMIN, Text("审计管理员", "Audit administrator")),
}
_PLANTS = ("willow", "maple", "bamboo", "walnut", "cherry", "poplar", "laurel", "lotus")
_THINGS = ("kettle", "bridge", "lantern", "harbour", "paper", "copper", "window", "river")


@dataclass(frozen=True)
class DemoPeople:
    """The accounts, the ids of the people by login, and the enterprise that one of them speaks for."""

    accounts: tuple[Account, ...]
    ids: dict[str, str]
    subject: str


def create_people(seed: int, now: dt.datetime) -> DemoPeople:
    """Create one person of each role; the same seed gives the same passwords."""
    random = Random(f"people {seed}")  # noqa: S311 - these passwords are printed, and hold on this machine only
    words = bureau_words()
    division, town = words.words.division, words.towns[0].code
    subject = _telling_subject()
    places = {Role.OFFICER: (division,), Role.TOWN: (town,)}
    accounts, ids = [], {}
    for login, (role, label) in _POSTS.items():
        password = f"{random.choice(_PLANTS)}-{random.choice(_THINGS)}-{random.randint(100, 999)}"
        person = create_person(
            login=login,
            password=password,
            role=role,
            label=label.zh,
            now=now,
            territories=places.get(role, ()),
            subjects=(subject,) if role is Role.ENTERPRISE else (),
        )
        accounts.append(Account(login, password, role.value, label))
        ids[login] = person.id
    return DemoPeople(tuple(accounts), ids, subject)


def _telling_subject() -> str:
    """Choose the enterprise whose person signs in: one step from the high-tech title, the nearest first."""
    near = OutcomeCurrent.objects.filter(family="hnte", near_miss=True).exclude(subject__code="")
    found = near.order_by("distance", "subject_id").values_list("subject_id", flat=True).first()
    return found or Subject.objects.order_by("id").values_list("id", flat=True)[0]

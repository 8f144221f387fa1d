"""People and two firms in the database of ``YUMIAO_DATA``, for a site that runs as a process of its own."""

import datetime as dt

from django.core.management import call_command
from tests.district.districts import FIRMS, PASSWORD

from yumiao.district.accounts.models import Person
from yumiao.district.accounts.roles import Role
from yumiao.district.accounts.services import create_person
from yumiao.district.registry.models import Subject

NOW = dt.datetime(2026, 7, 15, 9, 0, tzinfo=dt.UTC)


def main():
    call_command("migrate", verbosity=0)
    for firm in ("hengzhou", "qingmu"):
        name, code, territory = FIRMS[firm][:3]
        Subject.objects.create(
            id=firm, name=name, code=code, territory=territory, known_as=name, pinyin="", initials="",
            sort_key=firm, identifiers="[]",
        )  # fmt: skip
    for login, role, firms, places in (
        ("officer", Role.OFFICER, (), ("320412",)),
        ("enterprise", Role.ENTERPRISE, ("hengzhou",), ()),
        ("former", Role.ENTERPRISE, ("hengzhou",), ()),
    ):
        create_person(
            login=login,
            password=PASSWORD,
            role=role,
            label="甲",
            now=NOW,
            territories=places,
            subjects=firms,
        )
    Person.objects.filter(login="former").update(is_active=False)

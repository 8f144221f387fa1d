"""The details of a contact: read with care, and masked for reading over somebody's shoulder."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from yumiao.model.problems import Problem, YumiaoError
from yumiao.model.text import Text

_PHONE = re.compile(r"\+?[0-9][0-9 \-]{5,18}[0-9]")
_MAIL = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[A-Za-z]{2,24}")
_LONGEST = {"name": 60, "post": 60, "phone": 20, "mail": 120}


@dataclass(frozen=True)
class Details:
    """Name, post, telephone and e-mail; empty where nobody gave it, never all of telephone and e-mail."""

    name: str
    post: str = ""
    phone: str = ""
    mail: str = ""

    def values(self) -> dict[str, str]:
        """Return them by field."""
        return asdict(self)

    def masked(self) -> Details:
        """Return them so that one recognises a person that one knows: 张**, 138****1234, z***@firm.cn."""
        return Details(_mask_name(self.name), self.post, _mask_phone(self.phone), _mask_mail(self.mail))


def read_details(sent: Mapping[str, str]) -> Details:
    """Read typed details. Raises: YumiaoError (``contact.refused``) with a problem for each field that will not do."""
    found = Details(**{field: sent.get(field, "").strip()[: most + 1] for field, most in _LONGEST.items()})
    problems = []
    for field, value in found.values().items():
        if len(value) > _LONGEST[field]:
            problems.append(
                _problem(field, f"最多 {_LONGEST[field]} 个字", f"at most {_LONGEST[field]} characters")
            )
    if not found.name:
        problems.append(_problem("name", "请填姓名或称呼", "give a name, or how to address them"))
    if found.phone and not _PHONE.fullmatch(found.phone):
        problems.append(
            _problem("phone", "电话应如 0519-8500 0000 或手机号", "a telephone is digits, spaces, hyphens")
        )
    if found.mail and not _MAIL.fullmatch(found.mail):
        problems.append(
            _problem("mail", "邮箱应如 name@example.cn", "an e-mail address is like name@example.cn")
        )
    if not found.phone and not found.mail:
        problems.append(_problem("phone", "电话和邮箱至少填一项", "give a telephone or an e-mail address"))
    if problems:
        raise YumiaoError(
            "contact.refused",
            Text("联系人没有保存，请改这些：", "The contact was not kept; correct this:"),
            tuple(problems),
        )
    return found


def _problem(field: str, zh: str, en: str) -> Problem:
    return Problem("contact.field", Text(f"{zh}。", f"{en[0].upper()}{en[1:]}."), path=field)


def _mask_name(name: str) -> str:
    return name[:1] + "**" if name else ""


def _mask_phone(phone: str) -> str:
    digits = re.sub(r"\D", "", phone)
    return f"{digits[:3]}****{digits[-2:]}" if len(digits) > 6 else "****" if phone else ""


def _mask_mail(mail: str) -> str:
    name, _, host = mail.partition("@")
    return f"{name[:1]}***@{host}" if host else ""

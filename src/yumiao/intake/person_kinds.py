"""Columns about persons, recognised by their label and by what stands in their cells.

A label is enough, and so are the cells: an identity number under 备注 is an identity number. Nothing here keeps
or repeats a cell.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from enum import StrEnum

import polars as pl

from yumiao.identity.codes import check_code
from yumiao.intake.labels import normalise_label, take_apart
from yumiao.intake.values import tidy_texts
from yumiao.model.text import Text


class PersonKind(StrEnum):
    """What a column tells about a person."""

    NAME = "name"
    ID_NUMBER = "id_number"
    PHONE = "phone"
    EMAIL = "email"
    ADDRESS = "address"
    BIRTH = "birth"
    ACCOUNT = "account"


KIND_LABELS = {
    PersonKind.NAME: Text("人名", "names of persons"),
    PersonKind.ID_NUMBER: Text("身份证件号码", "identity numbers"),
    PersonKind.PHONE: Text("电话等联系方式", "telephone numbers"),
    PersonKind.EMAIL: Text("电子邮箱", "e-mail addresses"),
    PersonKind.ADDRESS: Text("住址", "home addresses"),
    PersonKind.BIRTH: Text("出生日期", "dates of birth"),
    PersonKind.ACCOUNT: Text("银行账号", "bank accounts"),
}

_NAME_ENDS = (
    "姓名",
    "联系人",
    "联络人",
    "联络员",
    "联系人员",
    "法定代表人",
    "法人代表",
    "负责人",
    "经办人",
    "填报人",
    "填表人",
    "制表人",
    "申报人",
    "发明人",
    "设计人",
    "董事长",
    "总经理",
    "财务总监",
    "实际控制人",
    "企业家",
    "带头人",
    "contactperson",
    "legalrepresentative",
)
_NAME_WHOLE = {"法人", "企业法人", "contact"}
_INSIDE = (
    (
        PersonKind.ID_NUMBER,
        ("身份证", "身份号", "证件号", "护照号", "社保号", "idcard", "idnumber", "passport"),
    ),
    (
        PersonKind.PHONE,
        ("手机", "电话", "联系方式", "座机", "微信号", "qq号", "phone", "mobile", "telephone"),
    ),
    (PersonKind.EMAIL, ("邮箱", "电子邮件", "e-mail", "email")),
    (PersonKind.ADDRESS, ("住址", "户籍", "户口", "家庭地址", "居住地")),
    (PersonKind.BIRTH, ("出生日", "出生年", "出生时间", "生日", "dateofbirth", "birthday")),
    (
        PersonKind.ACCOUNT,
        ("银行账号", "银行帐号", "银行账户", "银行卡", "工资卡", "开户账号", "收款账号", "bankaccount"),
    ),
)
_COUNTING = re.compile("(?:数|人数|数量|占比|比例|金额|率)$|^是否|^有无")

_ID_NUMBER = re.compile(r"(?<![0-9A-Za-z])[1-9][0-9]{16}[0-9Xx](?![0-9A-Za-z])")
_MOBILE = r"(?:^|[^0-9A-Za-z.])(?:\+?86[- ]?)?1[3-9][0-9][- ]?[0-9]{4}[- ]?[0-9]{4}(?:[^0-9A-Za-z.]|$)"
_NUMBER = r"^[-+]?[0-9][0-9,]*(?:\.[0-9]+)?$"
_EMAIL = r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+\.[A-Za-z]{2,}"
_CARD = r"^[3-6][0-9]{3}[ ]?[0-9]{4}[ ]?[0-9]{4}[ ]?[0-9]{4}[ ]?[0-9]{0,3}$"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_FEW = 3
_MOST = 0.8


@dataclass(frozen=True, slots=True)
class PersonColumn:
    """A column about persons.

    Attributes:
        by_label: whether its label says so; otherwise its cells do.
    """

    label: str
    kind: PersonKind
    by_label: bool


def kind_of_column(label: str, texts: pl.Series) -> PersonColumn | None:
    """Say what a column tells about persons, by its label or else by its cells; None when nothing."""
    kind = kind_of_label(label)
    if kind is not None:
        return PersonColumn(label, kind, by_label=True)
    kind = kind_of_cells(texts)
    return None if kind is None else PersonColumn(label, kind, by_label=False)


def kind_of_label(label: str) -> PersonKind | None:
    """Say what a label promises about persons; None when nothing. A number of persons is no person."""
    words = take_apart(label.rsplit(" / ", 1)[-1]).base or normalise_label(label)
    if _COUNTING.search(words):
        return None
    for kind, marks in _INSIDE:
        if any(mark in words for mark in marks):
            return kind
    bare = re.sub(r"[(\[].*?[)\]]", "", words)
    return PersonKind.NAME if bare in _NAME_WHOLE or bare.endswith(_NAME_ENDS) else None


def kind_of_cells(texts: pl.Series) -> PersonKind | None:
    """Say what cells tell about persons; None when nothing.

    One valid identity number or e-mail address is enough. A number of eleven digits may also be money, so that
    bare numbers count as mobile numbers only where most cells are like that; card numbers likewise.
    """
    cells = tidy_texts(texts).drop_nulls().unique()
    if cells.is_empty():
        return None
    if any(_has_id_number(cell) for cell in cells.filter(cells.str.contains(r"[0-9]{17}[0-9Xx]"))):
        return PersonKind.ID_NUMBER
    if cells.str.contains(_EMAIL).any():
        return PersonKind.EMAIL
    if _are_mobiles(cells):
        return PersonKind.PHONE
    cards = cells.filter(cells.str.contains(_CARD))
    enough = cards.len() >= max(_FEW, _MOST * cells.len())
    return PersonKind.ACCOUNT if enough and all(map(_is_card_number, cards)) else None


def _are_mobiles(cells: pl.Series) -> bool:
    found = cells.filter(cells.str.contains(_MOBILE))
    bare = found.str.contains(_NUMBER)
    return bool((~bare).any()) or found.len() >= max(_FEW, _MOST * cells.len())


def _has_id_number(cell: str) -> bool:
    return any(is_id_number(found) and not _is_organisation(found) for found in _ID_NUMBER.findall(cell))


def _is_organisation(code: str) -> bool:
    check = check_code(code)
    return check.valid and not check.warnings


def is_id_number(text: str) -> bool:
    """Whether a text is an identity number of 18 characters (GB 11643): real birth date, right check digit."""
    number = text.strip().upper()
    if not re.fullmatch("[1-9][0-9]{16}[0-9X]", number):
        return False
    try:
        born = dt.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    if not 1900 <= born.year <= 2100:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _WEIGHTS, strict=True))
    return number[17] == "10X98765432"[total % 11]


def _is_card_number(cell: str) -> bool:
    """Whether the digits fulfil the check of bank cards (Luhn)."""
    digits = [int(digit) for digit in cell if digit.isdigit()]
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[-2::-2]]
    return (sum(doubled) + sum(digits[-1::-2])) % 10 == 0

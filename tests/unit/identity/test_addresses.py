"""Addresses taken apart."""

import pytest

from yumiao.identity.addresses import Address, parse_address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("江苏省常州市武进区湖塘镇延政中路16号", Address(("320412",), "湖塘镇", "延政中路", "16")),
        ("江苏省常州市武进区延政中路１６号", Address(("320412",), "", "延政中路", "16")),
        ("常州市延政大道（西）268号2幢", Address(("3204",), "", "延政大道", "268")),
        ("苏州工业园区双马街99号", Address(("3205",), "", "双马街", "99")),
        ("江苏省南通市崇川路288号", Address(("3206",), "", "崇川路", "288")),
        ("江苏省张家港市金港镇晨丰公路", Address(("320582",), "金港镇", "晨丰公路", "")),
        ("延政中路16-2号", Address((), "", "延政中路", "16-2")),
        ("某处", Address()),
        ("", Address()),
        (None, Address()),
    ],
)
def test_address_is_taken_apart(text, address):
    assert parse_address(text) == address

"""Registers that the tests of mapping files name."""

from yumiao.packs.definitions import RegisterDefinition

REGISTERS = {
    "titles": RegisterDefinition.model_validate(
        {
            "label": {"zh": "资质台账", "en": "Register of titles"},
            "columns": {
                "title": {"hnte": {"zh": "高新技术企业", "en": "High-tech enterprise"}},
                "certificate": "text",
                "granted_on": "date",
                "valid": "bool",
                "amount": "CNY_10k",
            },
        }
    )
}

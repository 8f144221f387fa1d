"""What people may call a company."""

import pytest

from yumiao.identity.names import parse_name
from yumiao.identity.names.short_names import short_name_candidates


@pytest.mark.parametrize(
    ("name", "short_names"),
    [
        ("常州伟业机械有限公司", ("伟业机械", "伟业", "常州伟业机械", "常州伟业")),
        (
            "常州市伟业机械制造股份有限公司",
            ("伟业机械制造", "伟业机械", "伟业", "伟业股份", "常州伟业机械制造", "常州伟业"),
        ),
        ("伟业集团有限公司", ("伟业", "伟业集团")),
        ("有限公司", ()),
    ],
)
def test_short_names_are_proposed_the_most_telling_first(name, short_names):
    assert short_name_candidates(parse_name(name)) == short_names

"""``yumiao district targets`` from the command line."""

from tests.district.test_commands import yumiao


def test_targets_command_adds_what_can_be_used_and_names_the_rest(tmp_path):
    data, file = tmp_path / "data", tmp_path / "targets.csv"
    file.write_text(
        "kind,indicator,territory,year,month,value,sense,document,date\n"
        "target,HT_NET,320412,2026,,300,at_least,年度计划,2026-01-20\n"
        "actual,PRJ_TI,320412,2026,6,many,,月报,2026-07-05\n",
        encoding="utf-8",
    )
    assert yumiao("district", "prepare", "--data", data).returncode == 0

    added = yumiao("district", "targets", file, "--data", data)

    assert added.returncode == 1
    assert "Targets: 1 new, 0 revised; values: 0 new" in added.stdout
    assert "row 3: value: expected a number" in added.stderr

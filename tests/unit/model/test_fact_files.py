"""Tables of facts as files: nothing is lost, whole or piece by piece, and reading them costs little."""

import datetime as dt
import io

import polars as pl
import pyarrow.parquet as pq
import pytest

from yumiao.model.fact_files import ROWS_TOGETHER, write_facts

TABLE = pl.DataFrame(
    {
        "subject": ["甲", "乙", "丙"],
        "sales_revenue@2025": [10**15, None, -1],
        "established_on": [dt.date(1999, 12, 31), None, dt.date(2026, 6, 1)],
        "owns_core_ip": [True, False, None],
        "grade": [None, "A", "信息传输、软件和信息技术服务业"],
    }
)


@pytest.mark.parametrize("table", [TABLE, TABLE.lazy(), TABLE.clear()], ids=["whole", "lazy", "empty"])
def test_facts_are_read_as_they_were_written(table, tmp_path):
    write_facts(table, tmp_path / "facts.parquet")

    assert pl.read_parquet(tmp_path / "facts.parquet").equals(table.lazy().collect())


def test_file_takes_the_place_of_one_that_is_there(tmp_path):
    for table in (TABLE, TABLE.head(1)):
        write_facts(table, tmp_path / "facts.parquet")

    assert pl.read_parquet(tmp_path / "facts.parquet").equals(TABLE.head(1))


@pytest.mark.parametrize(
    ("given", "groups"),
    [((), [ROWS_TOGETHER, 5]), ((50_000,), [50_000, 50_000, 25_005])],
    ids=["usual", "said"],
)
def test_rows_stand_together_in_groups_that_cost_little_to_read(given, groups):
    table, buffer = pl.DataFrame({"staff_total": range(ROWS_TOGETHER + 5)}), io.BytesIO()

    write_facts(table, buffer, *given)

    found = pq.ParquetFile(buffer).metadata
    read = [found.row_group(number) for number in range(found.num_row_groups)]
    assert [group.num_rows for group in read] == groups
    assert {group.column(0).compression for group in read} == {"LZ4"}

"""What a machine may change: each has a default that runs, and a mistake is said."""

import os
import stat
from pathlib import Path

import pytest

from yumiao.config.databases import database_of
from yumiao.config.environment import Environment, read_environment
from yumiao.config.secret_key import read_or_create_key
from yumiao.district.entering.policy import SecondFactor
from yumiao.model.problems import YumiaoError

DATA = Path("/srv/yumiao")


def test_empty_environment_gives_defaults_that_run():
    here = Path("yumiao-data").absolute()

    assert read_environment({}) == Environment(
        data=here,
        store=here / "store",
        database_url="",
        hosts=("localhost", "127.0.0.1", "[::1]"),
        organisation="",
        is_encrypted=True,
    )


def test_every_variable_is_read():
    variables = {
        "YUMIAO_DATA": "/srv/data",
        "YUMIAO_STORE": "/srv/store",
        "DATABASE_URL": "postgresql://db/yumiao",
        "YUMIAO_HOSTS": "a.example, b.example",
        "YUMIAO_ORG": "某区科技局",
        "YUMIAO_PLAIN_HTTP": "1",
        "YUMIAO_PACKS": f"/srv/packs{os.pathsep}/srv/more",
    }

    assert read_environment(variables) == Environment(
        data=Path("/srv/data"),
        store=Path("/srv/store"),
        database_url="postgresql://db/yumiao",
        hosts=("a.example", "b.example"),
        organisation="某区科技局",
        is_encrypted=False,
        second_factor=SecondFactor.OPTIONAL,
        packs=(Path("/srv/packs"), Path("/srv/more")),
    )


def test_database_is_sqlite_in_the_data_folder_by_default():
    found = database_of("", DATA)

    assert found["ENGINE"].endswith("sqlite3")
    assert found["NAME"] == DATA / "yumiao.sqlite3"
    assert "journal_mode=WAL" in found["OPTIONS"]["init_command"]


def test_database_url_names_every_part_of_postgresql():
    found = database_of("postgresql://who%40x:p%2Fw@db.example:5433/yu_miao?sslmode=require", DATA)

    assert found == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "yu_miao",
        "USER": "who@x",
        "PASSWORD": "p/w",
        "HOST": "db.example",
        "PORT": "5433",
        "CONN_MAX_AGE": 60,
        "OPTIONS": {"sslmode": "require"},
    }


@pytest.mark.parametrize("url", ["mysql://db/yumiao", "postgresql://db", "nonsense"])
def test_database_url_of_anything_else_is_refused_with_an_example(url):
    with pytest.raises(YumiaoError) as caught:
        database_of(url, DATA)

    assert caught.value.code == "settings.database"


def test_secret_key_is_made_once_and_only_its_owner_reads_it(tmp_path):
    first = read_or_create_key(tmp_path / "data")

    assert read_or_create_key(tmp_path / "data") == first
    assert len(first) >= 50
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["secret-key"]
    assert stat.S_IMODE((tmp_path / "data" / "secret-key").stat().st_mode) == 0o600

"""The server that the full tests start: it answers in UTF-8, and ends with its use."""

import psycopg
import pytest
from tests.full.postgres import postgres_server


def test_server_answers_as_long_as_it_is_used():
    with postgres_server() as url, psycopg.connect(url) as connection:
        assert connection.execute("SHOW server_encoding").fetchone() == ("UTF8",)

    with pytest.raises(psycopg.OperationalError, match="refused"):
        psycopg.connect(url, connect_timeout=5)

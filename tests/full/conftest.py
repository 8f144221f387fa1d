"""What the full tests share: a machine that has everything, and a PostgreSQL server where one is asked for."""

import pytest
from tests.full.needed import missing
from tests.full.postgres import postgres_server


def pytest_sessionstart(session: pytest.Session) -> None:
    """Nothing is skipped: where something is missing the run ends before its first test."""
    absent = [f"{each.name} (Debian: {each.package})" for each in missing()]
    if absent:
        pytest.exit("missing: " + "; ".join(absent), returncode=1)


@pytest.fixture(scope="session")
def postgresql_url():
    """The address of a database in a server that nobody else uses."""
    with postgres_server() as url:
        yield url

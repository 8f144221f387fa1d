"""Run pytest with the tables of the platform in PostgreSQL: ``python -m tests.full.on_postgresql tests/district``."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.full.postgres import postgres_server


def main(arguments: list[str]) -> int:
    """Start a server, run pytest on it, stop the server; return pytest's exit code."""
    with postgres_server() as url:
        environment = os.environ | {"DATABASE_URL": url}
        return subprocess.run(
            [sys.executable, "-m", "pytest", *arguments], env=environment, check=False
        ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

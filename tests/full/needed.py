"""What the full tests need of the machine, each with Debian's package for it; run alone it names what is missing.

Needs nothing but Python, so that it can be asked before anything is set up:

    python3 tests/full/needed.py             says what is missing; exit code 1 if anything is
    python3 tests/full/needed.py --packages  the Debian packages of what is missing, one a line
"""

from __future__ import annotations

import ctypes.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
POSTGRESQL_FOLDERS = "/usr/lib/postgresql"
POSTGRESQL_PROGRAMS = ("initdb", "postgres", "pg_ctl", "pg_dump", "pg_restore", "psql")


def find_chromium() -> str | None:
    """Return the path of the browser, or None."""
    return next((found for name in CHROMIUM_NAMES if (found := shutil.which(name))), None)


def find_postgresql(program: str) -> str | None:
    """Return the path of one of PostgreSQL's programs, of the newest version that the machine has, or None.

    Debian puts server programs into a folder of each version and not on the path.
    """
    folders = sorted(
        Path(POSTGRESQL_FOLDERS).glob("*/bin"),
        key=lambda folder: int(folder.parent.name) if folder.parent.name.isdecimal() else 0,
        reverse=True,
    )
    path = os.pathsep.join([*map(str, folders), os.environ.get("PATH", "")])
    return shutil.which(program, path=path)


def has_chinese_font() -> bool:
    """Whether fontconfig knows a font for simplified Chinese."""
    if not shutil.which("fc-list"):
        return False
    listed = subprocess.run(["fc-list", ":lang=zh-cn", "family"], capture_output=True, check=False)
    return bool(listed.stdout.strip())


def has_library(name: str) -> Callable[[], bool]:
    """Return the question whether the loader finds a shared library."""
    return lambda: ctypes.util.find_library(name) is not None


@dataclass(frozen=True)
class Needed:
    """One thing that has to be on the machine.

    Attributes:
        name: what it is, for the person who has to install it.
        package: Debian's package that brings it.
        is_there: looks for it.
    """

    name: str
    package: str
    is_there: Callable[[], bool]


NEEDED = (
    Needed("Chromium", "chromium", lambda: find_chromium() is not None),
    *(
        Needed(
            f"PostgreSQL's program {program}",
            "postgresql",
            lambda program=program: find_postgresql(program) is not None,
        )
        for program in POSTGRESQL_PROGRAMS
    ),
    Needed("fc-list of fontconfig", "fontconfig", lambda: shutil.which("fc-list") is not None),
    Needed("a font for Chinese", "fonts-noto-cjk", has_chinese_font),
    Needed("the library Pango", "libpango-1.0-0", has_library("pango-1.0")),
    Needed("the library PangoFT2", "libpangoft2-1.0-0", has_library("pangoft2-1.0")),
    Needed("the library HarfBuzz subset", "libharfbuzz-subset0", has_library("harfbuzz-subset")),
)


def missing() -> list[Needed]:
    """Return everything that is not there."""
    return [each for each in NEEDED if not each.is_there()]


def main(arguments: list[str]) -> int:
    """Say what is missing, or the packages that bring it."""
    found = missing()
    packages = sorted({each.package for each in found})
    if "--packages" in arguments:
        sys.stdout.write("".join(f"{package}\n" for package in packages))
        return 0
    for each in found:
        sys.stderr.write(f"missing: {each.name} (Debian: {each.package})\n")
    if found:
        sys.stderr.write(f"Install with: apt-get install {' '.join(packages)}\n")
        return 1
    sys.stdout.write("Everything that the full tests need is there.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

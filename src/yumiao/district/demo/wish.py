"""Which demo district is wanted, and whether the one in a folder will do."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yumiao
from yumiao.demo.bureaus import SEED, SIZE
from yumiao.district.demo.stated import Demo, read_demo
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text
from yumiao.packs.folder import packs_folder

FRESH_DAYS = 7
"""For how many days a district is shown again where no day is asked for."""

_MADE_BY = ("demo/**/*", "district/demo/*", "district/*/migrations/*.py")


@dataclass(frozen=True)
class Wish:
    """Which district is wanted.

    Attributes:
        as_of: its day; None: today, or one of the last days.
    """

    seed: int = SEED
    size: int = SIZE
    as_of: dt.date | None = None


def fits(demo: Demo, wish: Wish, today: dt.date) -> bool:
    """Whether a demo district can be shown for a wish."""
    days = (today - demo.as_of).days
    is_day = demo.as_of == wish.as_of if wish.as_of else 0 <= days <= FRESH_DAYS
    return is_day and (demo.seed, demo.size, demo.program) == (wish.seed, wish.size, program_mark())


def require_replaceable(folder: Path) -> None:
    """Raise: YumiaoError (``demo.folder``) where a folder holds something that is no demo district."""
    if folder.exists() and read_demo(folder) is None and (not folder.is_dir() or any(folder.iterdir())):
        raise YumiaoError(
            "demo.folder",
            Text(
                f"{folder} 里有别的东西，不是演示区县，不会改动。请用 --folder 另选一个文件夹。",
                f"{folder} holds something that is no demo district; it is left alone. Choose another with --folder.",
            ),
        )


@cache
def program_mark() -> str:
    """Return a mark of all that a district is made by: the generator, the tables, the packs, the version."""
    package = Path(yumiao.__file__).parent
    paths = [path for pattern in _MADE_BY for path in package.glob(pattern)]
    paths += packs_folder().rglob("*.yaml")
    digest = hashlib.sha256(yumiao.__version__.encode())
    for path in sorted(path for path in paths if path.suffix in (".py", ".yaml")):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]

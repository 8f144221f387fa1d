"""The district that the pages are measured on: a hundred thousand invented firms, forty policies, built once and kept.

It goes the way of any district: files of bureaus, read and linked by their mappings, committed to the store, judged,
and put into the register.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from policies import write_policies

FIRMS = 100_000
SEED = 2026
AS_OF = dt.date(2026, 7, 15)
BUILT_AT = dt.datetime(2026, 7, 15, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))
BUILT_FILE = "built.json"
_SETTINGS = "yumiao.config.settings.base"


@dataclass(frozen=True)
class District:
    """A built district.

    Attributes:
        folder: data folder of the platform.
        packs: folder of the added policies.
        login, password: an officer who sees all of it.
        stated: what it says of itself.
    """

    folder: Path
    packs: Path
    login: str
    password: str
    stated: dict[str, object]

    def environment(self) -> dict[str, str]:
        """The environment in which the platform serves it."""
        return environment_of(self.folder, self.packs)


def environment_of(folder: Path, packs: Path) -> dict[str, str]:
    """Return the environment of the platform on a folder; no other setting of this machine comes in."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("YUMIAO_")}
    return {
        **kept,
        "DATABASE_URL": "",
        "DJANGO_SETTINGS_MODULE": _SETTINGS,
        "YUMIAO_DATA": str(folder),
        "YUMIAO_STORE": str(folder / "store"),
        "YUMIAO_PACKS": str(packs),
        "YUMIAO_PLAIN_HTTP": "1",
        "YUMIAO_MFA": "off",
        "YUMIAO_SESSIONS": "50",
    }


def ensure_district(cache: Path, firms: int = FIRMS) -> District:
    """Return the district of so many firms, built now in a process of its own if it is not there."""
    place = cache / f"district-{firms}-{SEED}"
    folder, packs = place / "data", place / "packs"
    if not (place / BUILT_FILE).exists():
        packs.mkdir(parents=True, exist_ok=True)
        write_policies(packs, AS_OF)
        command = [sys.executable, __file__, str(folder), str(firms)]
        subprocess.run(command, env=environment_of(folder, packs), check=True)
    environment = environment_of(folder, packs)
    subprocess.run([sys.executable, "-m", "yumiao", "district", "prepare"], env=environment, check=True)
    subprocess.run([sys.executable, __file__, str(folder)], env=environment, check=True)
    stated = json.loads((place / BUILT_FILE).read_text(encoding="utf-8"))
    return District(folder, packs, stated["login"], stated["password"], stated)


def build(folder: Path, firms: int) -> None:
    """Build the district into an empty folder, in the environment of `environment_of`."""
    import django

    if folder.exists():
        raise SystemExit(f"{folder} was begun and not finished; remove it to build it anew")
    folder.mkdir(parents=True)
    django.setup()
    from django.core.management import call_command

    from yumiao.district.demo.building import build_demo
    from yumiao.district.registry.packs import library

    started = time.perf_counter()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    built = build_demo(folder, library(), seed=SEED, size=firms, as_of=AS_OF, now=BUILT_AT, tell=_tell)
    officer = next(account for account in built.accounts if account.login == "officer")
    stated = {
        "login": officer.login,
        "password": officer.password,
        "seed": SEED,
        "firms": firms,
        "subjects": built.stated["subjects"],
        "policies": len(built.stated["outcomes"]),
        "outcomes": sum(
            sum(counts[each] for each in ("met", "not_met", "undetermined"))
            for counts in built.stated["outcomes"].values()
        ),
        "built_in_seconds": round(time.perf_counter() - started),
    }
    (folder.parent / BUILT_FILE).write_text(json.dumps(stated, indent=2) + "\n", encoding="utf-8")


def bring_up_to_date(folder: Path) -> None:
    """Let the register follow today's packs; nothing happens where they are those that it was built by."""
    import django

    django.setup()
    from django.utils import timezone

    from yumiao.district.registry.packs import library
    from yumiao.district.registry.refreshing import refresh
    from yumiao.store import open_store

    refresh(open_store(folder / "store"), library(), as_of=AS_OF, data=folder, now=timezone.now(), tell=_tell)


def _tell(what: object, done: int, total: int) -> None:
    print(f"{time.strftime('%H:%M:%S')} {getattr(what, 'en', what)} {done}/{total}", flush=True)


if __name__ == "__main__":
    if len(sys.argv) == 3:
        build(Path(sys.argv[1]), int(sys.argv[2]))
    else:
        bring_up_to_date(Path(sys.argv[1]))

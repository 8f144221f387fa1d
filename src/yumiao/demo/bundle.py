"""The files of the demonstration, put where someone can look at them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from yumiao.demo.district import INPUTS, LISTS, MAPPING, SEED, SIZE, make_district
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

AS_OF = dt.date(2026, 7, 15)
"""The application date of the demonstration."""

NOTICE = Text(
    "演示数据：企业名称、代码和数字均为虚构，与任何真实企业无关。",
    "Demonstration: every enterprise, code and figure is invented and has nothing to do with any real one.",
)

BUNDLE = "_demo"
"""Folder of the package that holds the files of the district with the usual seed."""


@dataclass(frozen=True)
class DemoFiles:
    """Where the files lie."""

    folder: Path
    inputs: tuple[Path, ...]
    mapping: Path


def bundled_district() -> dict[str, bytes]:
    """Return the files that ship with the package: those of the usual seed."""
    folder = resources.files("yumiao").joinpath(BUNDLE)
    names = [*INPUTS, MAPPING, *(f"名单/{name}" for name in LISTS)]
    return {name: folder.joinpath(name).read_bytes() for name in names}


def write_demo(folder: Path, seed: int = SEED) -> DemoFiles:
    """Write the files of an invented district into a new folder.

    Raises: YumiaoError when the folder holds anything already.
    """
    if folder.exists() and any(folder.iterdir()):
        raise YumiaoError(
            "demo.exists",
            Text(
                f"{folder} 不是空的，请用 --out 另选。", f"{folder} is not empty; choose another with --out."
            ),
        )
    write_files(bundled_district() if seed == SEED else make_district(seed, SIZE), folder)
    return DemoFiles(folder, tuple(folder / name for name in INPUTS), folder / MAPPING)


def write_files(files: dict[str, bytes], folder: Path) -> None:
    """Write files below a folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def write_bundle(folder: Path) -> None:
    """Write the files that ship with the package anew."""
    write_files(make_district(SEED, SIZE), folder)

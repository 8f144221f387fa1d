"""How fast files are read, beside the fastest reader of each kind of file.

A workbook of 100,000 rows × 40 columns is made with XlsxWriter: money, counts, percentages, dates, words that
repeat, long decimals, codes and names, a tenth of the cells empty. A text file of 1,000,000 × 20 holds the same
kinds, once as UTF-8 and once as GB18030. Every reader and round is a fresh process, in an order drawn anew; a
small file of the kind is read first, so that no first call pays for imports. CPU seconds are those of the
process with all its threads; memory is its peak above what it held before.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

HERE = Path(__file__).parent
DEFAULT_FOLDER = Path(tempfile.gettempdir()) / "yumiao-benchmarks"
RESULTS = HERE / "results"
PAGE = HERE.parent / "docs" / "benchmarks" / "reading.md"
WORDS = ("是", "否", "高新技术企业", "科技型中小企业", "制造业", "软件和信息技术服务业", "武进区", "牛塘镇")
PACKAGES = ("yumiao", "polars", "fastexcel", "python-calamine", "openpyxl", "pyarrow", "numpy")
LARGE, SMALL = 100_000, 50
LINES, FEW_LINES = 1_000_000, 50


# --- the files ----------------------------------------------------------------


def cell(chance: random.Random, column: int) -> object:
    """Draw a value of the kind of its column."""
    kind = column % 6
    if kind == 0:
        return chance.randrange(10**9) / 100
    if kind == 1:
        return chance.randrange(1000)
    if kind == 2:
        return chance.randrange(10**4) / 10**4
    if kind == 3:
        return dt.date(2000, 1, 1) + dt.timedelta(days=chance.randrange(9000))
    return chance.choice(WORDS) if kind == 4 else chance.random() * 1000


def row(chance: random.Random, columns: int) -> list[object]:
    """Draw a row: code, name, then the other kinds, a tenth of them empty."""
    head = [f"91320412MA{chance.randrange(10**8):08d}", f"常州甲乙{chance.randrange(10**6)}科技有限公司"]
    return head + [None if chance.random() < 0.1 else cell(chance, column) for column in range(2, columns)]


def make_workbook(path: Path, rows: int) -> None:
    """Write the workbook as a spreadsheet program would: a title, a header, shared texts, formats."""
    import xlsxwriter

    chance = random.Random(20260601)
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("企业")
    formats = {0: "#,##0.00", 2: "0.0%", 3: "yyyy-mm-dd"}
    styles = {kind: book.add_format({"num_format": code}) for kind, code in formats.items()}
    sheet.merge_range(0, 0, 0, 39, "2024年企业情况表")
    sheet.write_row(1, 0, ["统一社会信用代码", "企业名称", *(f"指标{column}" for column in range(2, 40))])
    for number in range(2, rows + 2):
        for column, value in enumerate(row(chance, 40)):
            if isinstance(value, dt.date):
                sheet.write_datetime(number, column, value, styles[3])
            elif value is not None:
                sheet.write(number, column, value, styles.get(column % 6) if column > 1 else None)
    book.close()


def make_texts(utf8: Path, gb18030: Path, rows: int) -> None:
    """Write the same text file in both encodings."""
    chance = random.Random(20260602)
    header = ["统一社会信用代码", "企业名称", *(f"指标{column}（万元）" for column in range(2, 20))]
    with utf8.open("w", encoding="utf-8") as one, gb18030.open("w", encoding="gb18030") as other:
        for number in range(rows + 1):
            values = header if number == 0 else row(chance, 20)
            line = ",".join("" if value is None else str(value) for value in values) + "\n"
            one.write(line)
            other.write(line)


def make_files(folder: Path) -> None:
    """Write what is not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in (("large", LARGE), ("small", SMALL)):
        if not (folder / f"{name}.xlsx").exists():
            make_workbook(folder / f"{name}.xlsx", rows)
    for name, rows in (("large", LINES), ("small", FEW_LINES)):
        if not (folder / f"{name}-gb18030.csv").exists():
            make_texts(folder / f"{name}-utf8.csv", folder / f"{name}-gb18030.csv", rows)


# --- the readers --------------------------------------------------------------


def ours(path: Path) -> tuple[int, int]:
    """Everything that Yumiao does until the cells are there."""
    from yumiao.intake.workbooks import read_workbook

    (sheet,) = read_workbook(path).sheets
    return sheet.height, sheet.width


def fastexcel(path: Path) -> tuple[int, int]:
    """The fastest reader: one type per column, guessed from the first rows."""
    import fastexcel

    batch = fastexcel.read_excel(path).load_sheet(0, header_row=1, eager=True)
    return batch.num_rows + 2, batch.num_columns


def fastexcel_texts(path: Path) -> tuple[int, int]:
    """The same with every cell as text: numbers are cut to nine decimals, percentages are lost."""
    import fastexcel

    batch = fastexcel.read_excel(path).load_sheet(
        0, header_row=None, skip_rows=0, dtypes="string", eager=True
    )
    return batch.num_rows, batch.num_columns


def calamine(path: Path) -> tuple[int, int]:
    """Untyped Python values by the same library."""
    import python_calamine

    rows = python_calamine.load_workbook(path).get_sheet_by_index(0).to_python()
    return len(rows), len(rows[0])


def openpyxl(path: Path) -> tuple[int, int]:
    """The usual reader, in its fast mode."""
    import openpyxl

    sheet = openpyxl.load_workbook(path, read_only=True).worksheets[0]
    height = sum(1 for _ in sheet.iter_rows(values_only=True))
    return height, sheet.max_column


def polars_csv(path: Path) -> tuple[int, int]:
    """The fastest reader: types guessed, UTF-8 only."""
    import polars as pl

    frame = pl.read_csv(path)
    return frame.height + 1, frame.width


def polars_csv_texts(path: Path) -> tuple[int, int]:
    """The same with every field as text."""
    import polars as pl

    frame = pl.read_csv(path, infer_schema=False)
    return frame.height + 1, frame.width


READERS: dict[str, tuple[Callable[[Path], tuple[int, int]], str, int]] = {
    "workbook: Yumiao": (ours, "{}.xlsx", 0),
    "workbook: fastexcel": (fastexcel, "{}.xlsx", 0),
    "workbook: fastexcel, all as text": (fastexcel_texts, "{}.xlsx", 0),
    "workbook: calamine, Python values": (calamine, "{}.xlsx", 0),
    "workbook: openpyxl, read only": (openpyxl, "{}.xlsx", 1),
    "text: Yumiao, GB18030": (ours, "{}-gb18030.csv", 0),
    "text: Yumiao, UTF-8": (ours, "{}-utf8.csv", 0),
    "text: Polars, UTF-8": (polars_csv, "{}-utf8.csv", 0),
    "text: Polars, UTF-8, all as text": (polars_csv_texts, "{}-utf8.csv", 0),
}
"""Name -> function, file, and how many rounds at most (0: all)."""


def memory_mb(key: str) -> float:
    """Return what the system says of this process: ``VmRSS`` it holds, ``VmHWM`` it held at most."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(key)) / 1024


def work(name: str, folder: Path) -> None:
    """Read one file once and print what it cost."""
    read, file, _ = READERS[name]
    read(folder / file.format("small"))
    before, wall, cpu = memory_mb("VmRSS"), time.perf_counter(), time.process_time()
    shape = read(folder / file.format("large"))
    cost = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
    print(json.dumps({**cost, "peak_mb": memory_mb("VmHWM") - before, "shape": shape}))


def measure(folder: Path, rounds: int) -> dict[str, list[dict[str, Any]]]:
    """Run every reader in fresh processes; one at a time."""
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in READERS}
    chance = random.Random(1)
    for number in range(rounds):
        names = [name for name, (_, _, most) in READERS.items() if not most or number < most]
        for name in chance.sample(names, len(names)):
            command = [sys.executable, __file__, "--worker", name, "--folder", str(folder)]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            found[name].append(json.loads(done.stdout.splitlines()[-1]))
            print(f"{number + 1} {name}: {found[name][-1]}", file=sys.stderr)
    return found


# --- the page -----------------------------------------------------------------


def least(costs: list[dict[str, Any]], key: str) -> float:
    """The least of all rounds: neighbours on the machine only ever add."""
    return min(cost[key] for cost in costs)


def promises(
    costs: dict[str, list[dict[str, Any]]], sizes: dict[str, int]
) -> list[tuple[str, str, float, bool]]:
    """What is asked, with the number found and whether it holds."""

    def cpu(name: str) -> float:
        return least(costs[name], "cpu")

    mine, fastest = cpu("workbook: Yumiao"), cpu("workbook: fastexcel")
    memory = median(cost["peak_mb"] for cost in costs["workbook: Yumiao"]) / (sizes["large.xlsx"] / 2**20)
    usual = cpu("workbook: openpyxl, read only") / mine
    text = cpu("text: Yumiao, GB18030") / cpu("text: Polars, UTF-8")
    return [
        (
            "workbook, CPU time beside the fastest reader",
            "at most 1.5 ×",
            mine / fastest,
            mine / fastest <= 1.5,
        ),
        ("workbook, peak memory beside the size of the file", "at most 12 ×", memory, memory <= 12),
        ("workbook, CPU time of openpyxl beside ours", "at least 4 ×", usual, usual >= 4),
        ("GB18030 text, CPU time beside the fastest reader of UTF-8", "at most 3 ×", text, text <= 3),
    ]


def render(result: dict[str, Any]) -> str:
    """Write the page."""
    costs, sizes = result["costs"], result["sizes"]
    lines = [
        "# Reading files",
        "",
        f"Measured on {result['date']} by `benchmarks/reading.py` ({result['rounds']} rounds, openpyxl one).",
        "",
        *(__doc__ or "").split("\n\n", 1)[1].strip().splitlines(),
        "",
        f"{result['machine']}; {result['versions']}.",
        _sizes(sizes),
        "",
        "## Held to",
        "",
        "| What | Asked | Found | Holds |",
        "| --- | --- | --- | --- |",
    ]
    for what, asked, found, holds in promises(costs, sizes):
        lines.append(f"| {what} | {asked} | {found:.2f} × | {'yes' if holds else '**no**'} |")
    lines += [
        "",
        "CPU times compared are the least of all rounds, since neighbours on the machine only add to them. Wall times",
        f"are to be read with them in mind: {result['load']} programs wanted to run, averaged over five minutes.",
        "",
        "## Every reader",
        "",
        "| Reader | CPU s: least, median | Wall s: least, median | Peak MB above the start |",
        "| --- | --- | --- | --- |",
    ]
    for name, found in costs.items():
        cpus, walls = [cost["cpu"] for cost in found], [cost["wall"] for cost in found]
        memory = median(cost["peak_mb"] for cost in found)
        lines.append(
            f"| {name} | {min(cpus):.2f}, {median(cpus):.2f} | {min(walls):.2f}, {median(walls):.2f} | {memory:.0f} |"
        )
    lines += ["", *NOTES.strip().splitlines(), ""]
    return "\n".join(lines)


def _sizes(sizes: dict[str, int]) -> str:
    workbook, utf8, gb18030 = (
        sizes[f"large{name}"] / 2**20 for name in (".xlsx", "-utf8.csv", "-gb18030.csv")
    )
    return f"The workbook has {workbook:.1f} MiB, the text {utf8:.0f} MiB as UTF-8 and {gb18030:.0f} MiB as GB18030."


NOTES = """
## How it is done

Yumiao reads cells untyped, keeps failed and never-computed formulas, shows percentages and dates as the sheet
does, knows merged cells, and prints numbers by their shortest decimal of at most 15 digits. No other reader in the
table does all of that; fastexcel gives each column one type, or all cells as text cut to nine decimals.

The XML of a sheet is unpacked once, in blocks of rows, and searched with array operations for the places of cells
and values; numbers become text for a whole block at a time. Text files are decoded strictly in blocks, checked for
control characters and mixed encodings, and split by Polars as long as the quoting is in good form; otherwise by
the standard library from there on, at about a seventh of the speed.
"""


def machine() -> str:
    """Name processor, cores and memory."""
    import platform

    model = next(
        (
            line.split(":")[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.machine(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{model}, {os.cpu_count()} cores, {memory:.1f} GiB, Python {platform.python_version()}"


def main() -> None:
    """Measure, keep the result, write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--folder", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument("--worker", choices=READERS)
    parser.add_argument("--page", action="store_true", help="only write the page from the kept result")
    options = parser.parse_args()
    if options.worker:
        work(options.worker, options.folder)
        return
    if not options.page:
        make_files(options.folder)
        result = {
            "date": dt.datetime.now(dt.UTC).date().isoformat(),
            "rounds": options.rounds,
            "machine": machine(),
            "versions": ", ".join(f"{name} {version(name)}" for name in PACKAGES),
            "sizes": {path.name: path.stat().st_size for path in sorted(options.folder.glob("large*"))},
            "costs": measure(options.folder, options.rounds),
            "load": round(os.getloadavg()[1], 1),
        }
        RESULTS.mkdir(exist_ok=True)
        kept = RESULTS / f"reading-{result['date']}.json"
        kept.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    newest = max(RESULTS.glob("reading-*.json"))
    PAGE.write_text(render(json.loads(newest.read_text(encoding="utf-8"))), encoding="utf-8")


if __name__ == "__main__":
    main()

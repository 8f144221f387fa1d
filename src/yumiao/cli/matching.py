"""``match``: who on one list is who on another."""

from __future__ import annotations

import csv
import io
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from yumiao.cli.judging import ask_password
from yumiao.cli.language import both
from yumiao.cli.session import LangOption, Session, session_of
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

if TYPE_CHECKING:
    import polars as pl

    from yumiao.cli.name_lists import NameList
    from yumiao.identity.linkage import Linkage

COLUMNS = ("left", "right", "probability", "evidence", "left_row", "right_row", "answer", "step", "relation")

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def match_command(
    context: typer.Context,
    left: Annotated[
        Path, typer.Argument(metavar="A", help=both("左表：待对照的名单", "The list to look up"))
    ],
    right: Annotated[
        Path, typer.Argument(metavar="B", help=both("右表：已知的名单", "The list to look it up in"))
    ],
    to: Annotated[
        Path,
        typer.Option(
            "--to", metavar="FILE", help=both("结果文件（.csv）", "The file of pairs to write (.csv)")
        ),
    ],
    region: Annotated[
        str | None,
        typer.Option(
            "--region",
            metavar="CODE",
            help=both(
                "两张名单所属的行政区划代码，如 320412；名称未写地区的，按该地读",
                "The division both lists come from, such as 320412; a name without region is read as there",
            ),
        ),
    ] = None,
    password: Annotated[
        str | None,
        typer.Option(
            "--password", metavar="TEXT", help=both("加密文件的密码", "Password of encrypted files")
        ),
    ] = None,
    lang: LangOption = None,
) -> None:
    """Link two lists of names, with or without codes and addresses."""
    from yumiao.identity.linkage import link

    session = session_of(context, lang)
    _check_target(to)
    _check_region(region)
    lists = [_read(session, path, password) for path in (left, right)]
    parties = [_placed(each.parties, region) for each in lists]
    with session.progress() as tell:
        tell(Text("比对", "linking"), 0, 0)
        found = link(*parties)
    _write(to, _csv_text(session, found, lists))
    _show(session, found, lists, to)


def _check_target(path: Path) -> None:
    if path.exists():
        raise YumiaoError(
            "output_exists",
            Text(
                f"{path} 已存在，不覆盖；请换一个文件名或先移走它。",
                f"{path} exists and is not overwritten; give another name or move it away.",
            ),
        )
    if not path.resolve().parent.is_dir():
        raise YumiaoError(
            "folder_missing",
            Text(f"文件夹 {path.parent} 不存在。", f"There is no folder {path.parent}."),
        )


def _check_region(code: str | None) -> None:
    from yumiao.identity.divisions import division_of_code

    if code is not None and not division_of_code(code):
        raise YumiaoError(
            "region_unknown",
            Text(
                f"“{code}”不是已知的行政区划代码，应如 320412、3204 或 32。",
                f"“{code}” is no known code of a division; expected one such as 320412, 3204 or 32.",
            ),
        )


def _read(session: Session, path: Path, password: str | None) -> NameList:
    from yumiao.cli.name_lists import read_name_list

    while True:
        try:
            return read_name_list(path, password)
        except YumiaoError as error:
            password = ask_password(session, error)


def _placed(parties: pl.DataFrame, region: str | None) -> pl.DataFrame:
    """Give the parties whose place is not known the territory of the lists."""
    import polars as pl

    if region is None:
        return parties
    return parties.with_columns(
        region=pl.when(pl.col("region").is_null() & pl.col("address").is_null())
        .then(pl.lit(region))
        .otherwise("region")
    )


def _csv_text(session: Session, found: Linkage, lists: list[NameList]) -> str:
    """Write the pairs: first those to look at, from the least sure, then the same, then the near but different."""
    import polars as pl

    named = [
        each.parties.select(pl.col("key").alias(side), pl.coalesce("name", "code").alias(f"{side}_name"))
        for each, side in zip(lists, ("left", "right"), strict=True)
    ]
    order = {"person": 0, "same": 1, "different": 2}
    rows = (
        found.pairs.join(named[0], on="left", maintain_order="left")
        .join(named[1], on="right", maintain_order="left")
        .with_columns(
            place=pl.col("answer").replace_strict(order),
            doubt=(pl.col("probability") - 0.5).abs(),
            left_row=pl.col("left").cast(pl.Int64),
            right_row=pl.col("right").cast(pl.Int64),
        )
        .with_columns(doubt=pl.when(pl.col("answer") == "person").then("doubt"))
        .sort("place", "doubt", "left_row", "right_row")
        .select(
            "left_name",
            "right_name",
            pl.col("probability").round(4),
            f"evidence_{session.language}",
            "left_row",
            "right_row",
            "answer",
            "step",
            pl.col("relation").fill_null(""),
        )
    )
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([_harmless(cell) for cell in row] for row in rows.iter_rows())
    return text.getvalue()


def _harmless(cell: object) -> object:
    """Keep a name from being taken for a formula by a spreadsheet."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _write(path: Path, text: str) -> None:
    """Write the whole file or none; the mark at its start lets a spreadsheet read it as UTF-8."""
    target = path.resolve()
    handle, aside = tempfile.mkstemp(prefix=".pairs-", dir=target.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8-sig", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(aside).chmod(0o644)
        Path(aside).replace(target)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise


def _show(session: Session, found: Linkage, lists: list[NameList], to: Path) -> None:
    """Say what was read, how many are the same, and how many wait for a person."""
    sides = (("左表", "left"), ("右表", "right"))
    for each, (zh, en) in zip(lists, sides, strict=True):
        session.print(
            session.say(
                f"{zh} {each.file}：{each.parties.height} 行{_columns_words(each, 'zh')}",
                f"{en}: {each.file}, {each.parties.height} rows{_columns_words(each, 'en')}",
            )
        )
    same, queue = found.same().height, found.queue()
    session.print(session.say(f"相同 {same}", f"same: {same}"), "bold")
    asked = queue["left"].n_unique()
    session.print(
        session.say(
            f"需要人看 {asked} 行（{queue.height} 对，在文件最前，由最没把握的开始）",
            f"a person must look at {asked} rows ({queue.height} pairs, at the top of the file, the least sure first)",
        )
    )
    none = len(found.unmatched)
    session.print(session.say(f"右表中没有 {none}", f"not on the right: {none}"))
    session.print(session.say(f"结果在 {to}", f"The pairs are in {to}"), "bold")


def _columns_words(found: NameList, language: str) -> str:
    labels = ("、" if language == "zh" else ", ").join(label for label in found.columns.values() if label)
    if language == "zh":
        return f"（工作表“{found.sheet}”，按列：{labels}）" if labels else "（没有表头，按内容认列）"
    return (
        f" (sheet “{found.sheet}”, by the columns {labels})"
        if labels
        else " (no header; columns known by their cells)"
    )

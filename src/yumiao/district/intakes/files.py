"""Files taken in: named plainly, sniffed by content, refused with words, kept encrypted, and read again."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath

from yumiao.district.intakes.keeping import aside, read_upload
from yumiao.district.intakes.models import IntakeFile
from yumiao.district.intakes.seeing import SeenFile, see_file
from yumiao.district.registry.packs import library
from yumiao.intake.workbooks import read_workbook
from yumiao.model.problems import Problem, YumiaoError
from yumiao.model.text import Text
from yumiao.store import open_store

MOST_FILES = 20
MOST_BYTES = 64 << 20
"""The largest file that is uploaded; a larger one is imported with the command ``yumiao import``."""

ANEW = "anew"
"""Answered of a file whose remembered mapping is not to be used."""

REFUSED = Text("有文件不能接收，什么也没有保存。", "Some files cannot be taken; nothing was kept.")

TOO_LARGE = "uploads_too_large"
"""Attribute of a request: the names of the files that were too large to be taken."""

_MOST_NAME = 120
_STRANGE = re.compile(r'[\x00-\x1f\x7f<>:"|?*]|[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]')


@dataclass(frozen=True)
class Upload:
    """A file as a browser sent it."""

    name: str
    content: bytes

    @property
    def sha256(self) -> str:
        """The hash that names it."""
        return hashlib.sha256(self.content).hexdigest()


def plain_name(name: str) -> str:
    """Return the name of a file without any folder and without characters that hide or reverse others."""
    last = PurePosixPath(unicodedata.normalize("NFC", name).replace("\\", "/")).name
    kept = _STRANGE.sub("", last).strip(". ")
    stem, dot, suffix = kept.rpartition(".")
    if not dot:
        return kept[:_MOST_NAME] or "file"
    return f"{stem[:_MOST_NAME] or 'file'}.{suffix[:10]}"


def check_uploads(uploads: Sequence[Upload], password: str | None, data: Path) -> None:
    """Read every file once, so that what cannot be read is told before anything is kept.

    Raises: YumiaoError (``intake.refused``) with one problem for each file that is refused; its code tells why, and
        ``password_needed`` and ``password_wrong`` ask for another password.
    """
    problems = list(_listed(uploads))
    with aside(data) as folder:
        for number, upload in enumerate(uploads):
            if len(upload.content) > MOST_BYTES:
                problems.append(too_large(upload.name))
                continue
            place = folder / str(number)
            place.mkdir()
            path = place / upload.name
            path.write_bytes(upload.content)
            try:
                read_workbook(path, password)
            except YumiaoError as error:
                problems.append(Problem(error.code, error.text, file=upload.name))
            path.unlink()
    if problems:
        raise YumiaoError("intake.refused", REFUSED, tuple(problems))


def _listed(uploads: Sequence[Upload]) -> Iterator[Problem]:
    if not uploads:
        yield Problem("intake.none", Text("请选择至少一个文件。", "Choose at least one file."))
    if len(uploads) > MOST_FILES:
        yield Problem(
            "intake.many",
            Text(f"一次最多 {MOST_FILES} 个文件。", f"At most {MOST_FILES} files at a time."),
        )
    names = [upload.name for upload in uploads]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield Problem(
            "intake.twice",
            Text(f"有两个文件都叫 {name}，请改名或分两次上传。", f"Two files are called {name}; rename one."),
            file=name,
        )


def too_large(name: str) -> Problem:
    """Say that a file is larger than may be uploaded."""
    most = MOST_BYTES >> 20
    return Problem(
        "intake.large",
        Text(
            f"{name} 超过 {most} MB，网页不接收；请拆分，或由管理员用 yumiao import 导入。",
            f"{name} is larger than {most} MB and is not taken by the page; split it, or have an administrator "
            "import it with yumiao import.",
        ),
        file=name,
    )


@contextmanager
def opened(files: Sequence[IntakeFile], data: Path) -> Iterator[list[tuple[Path, str | None]]]:
    """Give the files of an intake in a folder of their own, under their names, with their passwords.

    Raises: YumiaoError (``intake.gone``) when one is no longer there.
    """
    with aside(data) as folder:
        found = []
        for file in files:
            content, password = read_upload(data, file.id, file.sha256)
            path = folder / file.name
            path.write_bytes(content)
            found.append((path, password))
        yield found


def look_at(file: IntakeFile, data: Path, store: Path) -> SeenFile:
    """Return what a file looks like. Raises: YumiaoError when it cannot be read or has no table."""
    is_anew = file.answers.get("", {}).get(ANEW) == "y"
    has_memory = not is_anew and (store / "store.json").exists()
    root = open_store(store).state().root if has_memory else ""
    return _look(file.id, file.name, file.sha256, data, store, root)


@lru_cache(maxsize=16)
def _look(file: str, name: str, sha256: str, data: Path, store: Path, root: str) -> SeenFile:
    """Few are kept, without cells; the root of the store is there because mappings are remembered in it."""
    content, password = read_upload(data, file, sha256)
    with aside(data) as folder:
        path = folder / name
        path.write_bytes(content)
        known = open_store(store) if root else None
        return see_file(path, library(), known, password=password, stem=Path(name).stem)

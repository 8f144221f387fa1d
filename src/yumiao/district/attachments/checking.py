"""What a file really is, by its content; whatever else its name says is refused."""

from __future__ import annotations

import io
import unicodedata
import zipfile

from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

MOST_BYTES = 10 << 20
MOST_ENTRIES = 2000
MOST_UNPACKED = 200 << 20
LONGEST_NAME = 120

CONTENT_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_SAME = {"jpeg": "jpg"}
_STARTS = {b"%PDF-": "pdf", b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpg"}
_PARTS = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx"}


def check_file(name: str, data: bytes) -> tuple[str, str]:
    """Return the cleaned name of a file and its kind, a key of `CONTENT_TYPES`.

    Raises: YumiaoError (``attachment.…``) for a file that is empty, too large, of no kind that is taken, other than
        its name says, or an Office file with macros or one that unpacks without bounds.
    """
    clean = clean_name(name)
    if not data:
        raise _refused("empty", "文件是空的。", "The file is empty.")
    if len(data) > MOST_BYTES:
        most = MOST_BYTES >> 20
        raise _refused("large", f"文件超过 {most} MB。", f"The file is larger than {most} MB.")
    kind = next((kind for start, kind in _STARTS.items() if data.startswith(start)), "") or _packed_kind(data)
    ending = clean.rpartition(".")[2].lower()
    if not kind:
        raise _refused(
            "kind",
            "只收 PDF、PNG、JPEG、docx 和 xlsx，按内容判断。",
            "PDF, PNG, JPEG, docx and xlsx are taken, judged by their content.",
        )
    if _SAME.get(ending, ending) != kind:
        raise _refused(
            "name",
            f"文件名说是 {ending[:10]}，内容是 {kind}。",
            f"The name says {ending[:10]}, the content is {kind}.",
        )
    return clean, kind


def clean_name(name: str) -> str:
    """Return a file name without folders, control characters and marks that turn the direction of writing."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    kept = "".join(each for each in last if unicodedata.category(each)[0] != "C").strip(" .")
    stem, dot, ending = kept.rpartition(".")
    return (stem[: LONGEST_NAME - len(ending) - 1] + dot + ending)[:LONGEST_NAME] or "file"


def _packed_kind(data: bytes) -> str:
    if not data.startswith(b"PK\x03\x04"):
        return ""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            entries = packed.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return ""
    names = {entry.filename for entry in entries}
    kind = next((kind for part, kind in _PARTS.items() if part in names), "")
    if (kind and len(entries) > MOST_ENTRIES) or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise _refused(
            "bomb", "文件解开后太大，没有接收。", "The file unpacks to too much; it was not taken."
        )
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise _refused("macro", "文件带宏，没有接收。", "The file holds macros; it was not taken.")
    return kind if "[Content_Types].xml" in names else ""


def _refused(code: str, zh: str, en: str) -> YumiaoError:
    return YumiaoError(f"attachment.{code}", Text(zh, en))

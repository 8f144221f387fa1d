"""A small text file that a form brings: read with care."""

from __future__ import annotations

from django.http import HttpRequest

from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

MOST_BYTES = 1 << 20


def received_text(request: HttpRequest) -> str:
    """Return the text of the file ``file`` of a form. Raises: YumiaoError (``file.refused``)."""
    file = request.FILES.get("file")
    if file is None or not file.size or file.size > MOST_BYTES:
        told = Text("请选一个不超过 1 MB 的 CSV 文件。", "Choose a CSV file of at most 1 MB.")
        raise YumiaoError("file.refused", told)
    try:
        return str(file.read().decode("utf-8-sig"))
    except UnicodeDecodeError:
        told = Text(
            "文件应为 UTF-8 编码的 CSV（Excel 另存为“CSV UTF-8”）。",
            "Expected CSV in UTF-8 (in Excel: “CSV UTF-8”).",
        )
        raise YumiaoError("file.refused", told) from None

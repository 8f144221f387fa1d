"""A page as PDF, where the system has the libraries for it."""

from __future__ import annotations

from typing import Any, NoReturn

from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text


def pdf_of(page: str, style: str) -> bytes:
    """Return a page as PDF; nothing is fetched from anywhere.

    Args:
        page: HTML without scripts; what it links to is not loaded.
        style: the stylesheet.
    Raises: YumiaoError (``brief.no_pdf``) where WeasyPrint or the system's Pango is not there.
    """
    try:
        from weasyprint import CSS, HTML  # noqa: PLC0415 - an optional part that loads system libraries
    except (ImportError, OSError) as error:
        raise YumiaoError(
            "brief.no_pdf",
            Text(
                "这台机器没有装 PDF 所需的 WeasyPrint 或 Pango。请用打印页，在浏览器里另存为 PDF。",
                "This machine lacks WeasyPrint or Pango, which PDF needs. Use the print page and save it as PDF in "
                "the browser.",
            ),
        ) from error

    def refuse(url: str, *_: Any, **__: Any) -> NoReturn:
        raise ValueError(f"nothing is fetched: {url}")

    written: bytes = HTML(string=page, url_fetcher=refuse).write_pdf(
        stylesheets=[CSS(string=style, url_fetcher=refuse)]
    )
    return written

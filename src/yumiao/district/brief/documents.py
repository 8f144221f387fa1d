"""A brief as a Word document: our own template, or the office's, filled in."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from docx import Document
from docx.document import Document as DocumentType
from docx.opc.exceptions import OpcError
from docx.oxml.ns import qn
from docx.shared import Pt
from docxtpl import DocxTemplate
from jinja2.exceptions import TemplateError
from jinja2.sandbox import SandboxedEnvironment
from lxml.etree import LxmlError

from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

_FONT, _HAN = "Arial", "宋体"


def build_template() -> bytes:
    """Return our own template as a .docx file: an office may change it and have it used instead."""
    document = Document()
    _set_fonts(document)
    document.add_heading("{{ organisation }} {{ w.heading }}（{{ month }}）", 0)
    document.add_paragraph(
        "{{ w.as_of }} {{ as_of }} · {{ w.made }} {{ made_at }} · {{ w.enterprises }} {{ everyone }}"
    )
    document.add_heading("{{ w.targets }}", 1)
    heads = ("indicator", "actual", "plan", "target", "basis")
    cells = (
        "{{ r.label }}",
        "{{ r.actual }}",
        "{{ r.plan }}",
        "{{ r.target }} {{ r.document }}",
        "{{ r.basis }}",
    )
    _add_list(document, "goals", heads, cells, "no_targets")
    document.add_heading("{{ w.ladder }}", 1)
    document.add_paragraph("{{ ladder_line }}")
    _add_table(
        document,
        "stages",
        ("rung", "stock", "change"),
        ("{{ r.rung }} {{ r.titles }}", "{{ r.now }}", "{{ r.change }}"),
    )
    document.add_paragraph("")
    _add_table(
        document, "moves", ("before", "after", "stock"), ("{{ r.before }}", "{{ r.after }}", "{{ r.count }}")
    )
    document.add_paragraph("")
    line_heads = ("title", "start", "entries", "exits", "now", "unsure")
    _add_table(document, "lines", line_heads, tuple(f"{{{{ r.{name} }}}}" for name in line_heads))
    document.add_heading("{{ w.towns }}", 1)
    document.add_paragraph("{{ ladder_line }}")
    _add_towns(document)
    document.add_heading("{{ w.ending }}", 1)
    document.add_paragraph("{{ ending_line }}")
    _add_list(
        document, "ending", *_named(("enterprise", "name"), ("place",), ("title",), ("until",)), "none_ending"
    )
    document.add_paragraph("{{ more_ending }}")
    document.add_heading("{{ w.near }}（{{ near_count }}）", 1)
    document.add_paragraph("{{ near_line }}")
    _add_table(document, "near_policies", *_named(("policy",), ("stock", "count")))
    document.add_paragraph("")
    _add_list(
        document, "nearest", *_named(("enterprise", "name"), ("place",), ("policy",), ("gap",)), "none_near"
    )
    document.add_heading("{{ w.sources }}", 1)
    _add_list(document, "overdue", *_named(("source",), ("observed",), ("late",)), "none_overdue")
    document.add_heading("{{ w.foundation }}", 1)
    document.add_paragraph("{{ foundation }}")
    return _bytes_of(document)


def fill_template(context: Mapping[str, Any], template: Path | None = None) -> bytes:
    """Return a brief as a .docx file.

    Args:
        context: of `wording.brief_context`.
        template: an office's own template; None: ours.
    Raises: YumiaoError (``brief.template``) where the template cannot be read or filled in.
    """
    try:
        source = io.BytesIO(build_template()) if template is None else io.BytesIO(template.read_bytes())
        document = DocxTemplate(source)
        document.render(dict(context), jinja_env=SandboxedEnvironment(autoescape=True))
        filled = io.BytesIO()
        document.save(filled)
    except (OSError, ValueError, KeyError, BadZipFile, OpcError, LxmlError, TemplateError) as error:
        name = template.name if template is not None else ""
        raise YumiaoError(
            "brief.template",
            Text(
                f"月报模板 {name} 用不了：{error}。可用 yumiao district brief --write-template 另存一份现成的来改。",
                f"The template {name} cannot be used: {error}. Write out ours with yumiao district brief "
                "--write-template and change that.",
            ),
        ) from error
    return filled.getvalue()


def _named(*columns: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return heads and cells: each column is a word and the field of the row, the same where one is given."""
    return tuple(each[0] for each in columns), tuple(f"{{{{ r.{each[-1]} }}}}" for each in columns)


def _add_list(
    document: DocumentType, rows: str, heads: Sequence[str], cells: Sequence[str], empty: str
) -> None:
    """A table, or a sentence where there are no rows."""
    document.add_paragraph(f"{{%p if {rows} %}}")
    _add_table(document, rows, heads, cells)
    document.add_paragraph("{%p else %}")
    document.add_paragraph(f"{{{{ w.{empty} }}}}")
    document.add_paragraph("{%p endif %}")


def _add_table(document: DocumentType, rows: str, heads: Sequence[str], cells: Sequence[str]) -> None:
    table = document.add_table(rows=4, cols=len(heads))
    table.style = "Table Grid"
    for column, head in enumerate(heads):
        run = table.cell(0, column).paragraphs[0].add_run(f"{{{{ w.{head} }}}}")
        run.bold = True
    table.cell(1, 0).text = f"{{%tr for r in {rows} %}}"
    for column, cell in enumerate(cells):
        table.cell(2, column).text = cell
    table.cell(3, 0).text = "{%tr endfor %}"


def _add_towns(document: DocumentType) -> None:
    """A table with one column for each rung."""
    table = document.add_table(rows=4, cols=4)
    table.style = "Table Grid"
    table.cell(0, 0).text = "{{ w.town }}"
    table.cell(1, 0).text = "{%tr for r in towns %}"
    table.cell(2, 0).text = "{{ r.name }}"
    table.cell(3, 0).text = "{%tr endfor %}"
    for row, rows, cell in ((0, "rungs", "{{ c }}"), (2, "r.counts", "{{ c }}")):
        table.cell(row, 1).text = f"{{%tc for c in {rows} %}}"
        table.cell(row, 2).text = cell
        table.cell(row, 3).text = "{%tc endfor %}"


def _set_fonts(document: DocumentType) -> None:
    for name in ("Normal", "Title", "Heading 1"):
        style = document.styles[name]
        style.font.name = _FONT
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), _HAN)
    document.styles["Normal"].font.size = Pt(10.5)
    document.styles["Title"].font.size = Pt(20)


def _bytes_of(document: DocumentType) -> bytes:
    kept = io.BytesIO()
    document.save(kept)
    return kept.getvalue()

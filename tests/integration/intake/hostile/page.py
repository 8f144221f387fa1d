"""The page that lists every hostile file and what happens to it; run this module to write it anew."""

from pathlib import Path

from tests.integration.intake.hostile.cases import Hostile
from tests.integration.intake.hostile.containers import CONTAINERS
from tests.integration.intake.hostile.layouts import LAYOUTS
from tests.integration.intake.hostile.texts import TEXTS

from yumiao.intake import cells, html_tables

PAGE = Path(__file__).parents[4] / "docs" / "developers" / "hostile-files.md"
HEAD = """# Hostile files

What bureaus send is broken, locked, mislabelled or drawn for the eye; some files are made to do harm. The tests make
each file below and assert what this page says of it. A file is read as what it is, or refused with a sentence that
names the place and what to do; it is never read in part, no cell becomes empty by being read, and nothing in it is run.

The tables are written from the tests themselves, by `python -m tests.integration.intake.hostile.page`; a test fails
when they differ.

Limits: {limits}.

"""
TAIL = """## Not files at all

A folder, a named pipe or a link that leads nowhere is refused without waiting for it. A file that changes while
it is read is refused (`file_changed`), and so is one that the system does not open.
"""
SECTIONS = (
    ("Containers: broken, huge, locked, mislabelled", CONTAINERS),
    ("Text and web pages", TEXTS),
    ("Tables drawn for the eye", LAYOUTS),
)


def hostile_files() -> tuple[Hostile, ...]:
    """All hostile files, in the order of the page."""
    return tuple(hostile for _, part in SECTIONS for hostile in part)


def render_page() -> str:
    """Write the page from the table of the tests."""
    parts = [HEAD.format(limits=_limits())]
    for title, files in SECTIONS:
        lines = [f"| `{file.name}` | {file.what} | {file.happens} |" for file in files]
        parts.append(
            f"## {title}\n\n| File | What it is | What happens |\n| --- | --- | --- |\n"
            + "\n".join(lines)
            + "\n\n"
        )
    return "".join(parts) + TAIL


def _limits() -> str:
    sizes = f"{cells.MAX_FILE_BYTES >> 20} MiB a file, {cells.MAX_UNPACKED_BYTES >> 20} MiB unpacked"
    page = f"{html_tables.MAX_PAGE_BYTES >> 20} MiB a web page"
    return f"{sizes}, {page}, {cells.MAX_COLUMNS:,} columns and {cells.MAX_CELLS:,} cells a sheet"


if __name__ == "__main__":
    PAGE.write_text(render_page(), encoding="utf-8")

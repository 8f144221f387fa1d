"""Take a picture of every page in light, dark and phone size, for the documentation: ``make screenshots``."""

from __future__ import annotations

import io
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from PIL import Image
from playwright.sync_api import Browser, sync_playwright
from tests.full.browser.opening import FLAGS, VIEWS, new_context, sign_in_state
from tests.full.browser.pages import PAGES, Shown
from tests.full.browser.site import Site, build_site, running_site
from tests.full.needed import find_chromium

FOLDER = Path("docs/img/pages")
PAGE = Path("docs/officers/screens.md")
WIDTH = 960
COLOURS = 64
GROUNDS = 12
"""So many of the most frequent colours are taken as they are; of the rest only those far from any of them."""
ALIKE = {True: 6, False: 36}
"""Sum of the differences of red, green and blue up to which two colours are taken for one: of grounds, of the rest."""


def main() -> None:
    """Write the pictures, and the page of the documentation that shows them."""
    django.setup()
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.png"):
        old.unlink()
    with tempfile.TemporaryDirectory() as name, built_site(Path(name)) as site, sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        states = {role: sign_in_state(browser, site, role) for role in {shown.role for shown in PAGES}}
        for view in VIEWS:
            for shown in PAGES:
                picture(browser, site, states[shown.role], shown, view)
        browser.close()
    write_page()


@contextmanager
def built_site(folder: Path) -> Iterator[Site]:
    """Build a district below a folder, and serve it until the end of the block."""
    build_site(folder / "data")
    with running_site(folder / "data") as site:
        yield site


HEAD = """# Every page in pictures

Taken of an invented district of three hundred firms: light, dark, and at the width of a phone.
`make screenshots` takes them anew.
"""


def write_page() -> None:
    """Write the page of the documentation that shows the pictures."""
    parts = [HEAD]
    for shown in PAGES:
        pictures = " ".join(
            f"![{shown.path}, {view}](../img/pages/{shown.name}-{view}.png){{ loading=lazy }}"
            for view in VIEWS
        )
        seen_by = f"as `{shown.role}`" if shown.role else "before signing in"
        parts.append(f"## {shown.name}\n\n`{shown.path}`, {seen_by}\n\n{pictures}\n")
    PAGE.write_text("\n".join(parts), encoding="utf-8")


def with_few_colours(image: Image.Image) -> Image.Image:
    """Return a picture in its most frequent colours, without those that are like one already taken.

    What cuts the cube of colours into parts loses either marks, which are small, or the paper behind white cards.
    """
    counts = image.getcolors(image.width * image.height) or []
    chosen: list[tuple[int, int, int]] = []
    for _, colour in sorted(counts, reverse=True):
        alike = ALIKE[len(chosen) < GROUNDS]
        if len(chosen) < COLOURS and all(_distance(colour, each) > alike for each in chosen):
            chosen.append(colour)
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for colour in chosen for part in colour])
    return image.quantize(palette=palette, dither=Image.Dither.NONE)


def _distance(left: tuple[int, int, int], right: tuple[int, int, int]) -> int:
    return sum(abs(one - other) for one, other in zip(left, right, strict=True))


def picture(browser: Browser, site: Site, state: dict, shown: Shown, view: str) -> None:
    """Write one picture of what is seen first of a page."""
    context = new_context(browser, site, state, view=view)
    page = context.new_page()
    page.goto(shown.path.format_map(site.ids))
    image = Image.open(io.BytesIO(page.screenshot()))
    context.close()
    if image.width > WIDTH:
        image = image.resize((WIDTH, image.height * WIDTH // image.width), Image.Resampling.LANCZOS)
    small = with_few_colours(image.convert("RGB"))
    small.save(FOLDER / f"{shown.name}-{view}.png", optimize=True)
    sys.stdout.write(f"{shown.name} {view}\n")


if __name__ == "__main__":
    main()

"""The page on notebooks runs as it stands."""

import doctest
import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "developers" / "notebook.md"


def test_every_example_of_the_notebook_page_runs_as_shown(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    page = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, PAGE.name, str(PAGE), 0)
    said: list[str] = []

    results = doctest.DocTestRunner(verbose=False).run(page, out=said.append)

    assert "".join(said) == ""
    assert results.attempted > 20

"""The repository is clean: no package index, no path of one machine, no key, no name that says nothing."""

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
NOT_OURS = {".git", ".venv", ".venv-bench", "build", "dist", "site", "__pycache__"}

# One letter of each pattern stands in brackets, so that this file does not match itself.
FORBIDDEN = {
    "a package index": re.compile(r"--(extra-)?index-ur[l]|--find-link[s] \S*[:/]|--trusted-hos[t]"),
    "a registry's address": re.compile(
        r"https?:/[/][^ ]*(pypi|pythonhosted|npmjs|mirror)[^ ]*", re.IGNORECASE
    ),
    "an address in an npm lock": re.compile(r'"resolve[d]": *"http'),
    "a path of one machine": re.compile(r"/wor[k]/main|(?<![\w.-])/(roo[t]|hom[e])/|[A-Z]:\\Use[r]s\\"),
    "a private key": re.compile(r"-----BEGI[N] ([A-Z]+ )*PRIVATE KEY"),
    "an access token": re.compile(r"\b(gh[pousr]_[A-Za-z0-9]{36}|AKI[A][A-Z0-9]{16}|pypi-AgE[I][\w-]{20})"),
}
NAMELESS = {"util", "utils", "helper", "helpers", "misc", "common_utils"}


def list_files_of_repository() -> list[Path]:
    """Every file that is tracked or would be; in an unpacked source distribution, every file that is ours."""
    if (REPOSITORY / ".git").exists():
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True).stdout.decode()
        found = [REPOSITORY / name for name in listed.split("\0") if name]
    else:
        found = list(REPOSITORY.rglob("*"))
    return sorted(
        path for path in found if path.is_file() and not NOT_OURS & set(path.relative_to(REPOSITORY).parts)
    )


FILES = list_files_of_repository()


def find_lines(pattern: re.Pattern[str]) -> list[str]:
    """The lines that match, as "file:line: text"; a file that is not UTF-8 text is passed over."""
    matches = []
    for path in FILES:
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        if pattern.search(text):
            name = path.relative_to(REPOSITORY)
            lines = enumerate(text.splitlines(), start=1)
            matches += [f"{name}:{number}: {line}" for number, line in lines if pattern.search(line)]
    return matches


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("a package index", "--index-" + "url=x"),
        ("a registry's address", "https:/" + "/files.pythonhosted.org/x"),
        ("an address in an npm lock", '"resolved' + '": "https:'),
        ("a path of one machine", "see /home" + "/someone/file"),
        ("a private key", "-----BEGIN" + " RSA PRIVATE KEY"),
        ("an access token", "ghp_" + "a1" * 18),
    ],
)
def test_forbidden_pattern_on_an_example_matches(what, text):
    assert FORBIDDEN[what].search(text)


@pytest.mark.parametrize("what", FORBIDDEN)
def test_repository_holds_no_forbidden_text(what):
    assert find_lines(FORBIDDEN[what]) == []


def test_file_names_say_what_the_file_holds():
    assert [str(path.relative_to(REPOSITORY)) for path in FILES if path.stem in NAMELESS] == []


def test_every_package_folder_has_a_docstring():
    package = REPOSITORY / "src" / "yumiao"
    folders = {path.parent for path in package.rglob("*.py")}

    without = [
        str(folder.relative_to(REPOSITORY))
        for folder in folders
        if not (folder / "__init__.py").is_file()
        or not ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8")))
    ]

    assert sorted(without) == []


@pytest.mark.parametrize("lock", ["runtime", "dev", "bench"])
def test_lock_file_pins_and_hashes_every_requirement(lock):
    text = (REPOSITORY / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
    rows = "\n".join(row for row in text.splitlines() if "#" not in row)
    requirements = re.split(r"\n(?=[A-Za-z0-9])", rows)

    unsafe = [row.splitlines()[0] for row in requirements if "==" not in row or "--hash=sha256:" not in row]

    assert len(requirements) > 10
    assert unsafe == []


def test_locks_name_every_dependency_of_the_package():
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = {re.split(r"[<>=\[; ]", row)[0].lower().replace(".", "-") for row in project["dependencies"]}
    lock = (REPOSITORY / "requirements" / "runtime.txt").read_text(encoding="utf-8")

    missing = sorted(name for name in names if not re.search(rf"^{re.escape(name)}==", lock, re.MULTILINE))

    assert missing == []

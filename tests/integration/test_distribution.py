"""What is shipped works without the repository: the wheel installs, imports and finds its packs alone."""

import json
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]

IMPORT_EVERYTHING = """
import importlib, json, pkgutil, sys
from importlib.resources import files
import yumiao
platform = ("yumiao.api", "yumiao.config", "yumiao.district", "yumiao.web")
for module in pkgutil.walk_packages(yumiao.__path__, "yumiao."):
    if not module.name.endswith("__main__") and not module.name.startswith(platform):
        importlib.import_module(module.name)
print(json.dumps({
    "home": yumiao.__file__,
    "packs": sorted(entry.name for entry in files("yumiao").joinpath("_packs").iterdir() if entry.is_dir()),
    "foreign": sorted({"django", "requests", "httpx", "urllib3", "pandas"} & set(sys.modules)),
}))
"""


WITHOUT_DJANGO = """
import sys
sys.modules["django"] = None  # what an installation without the extra has
from yumiao.cli.app import run
sys.exit(run(sys.argv[1:], {}))
"""


def run(*command: object) -> str:
    done = subprocess.run([str(part) for part in command], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the source distribution, and the wheel built from it."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, REPOSITORY)
    return folder


@pytest.fixture(scope="module")
def python_with_wheel(distributions: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel, which borrows the dependencies of the running one: no network."""
    venv = tmp_path_factory.mktemp("venv")
    run(sys.executable, "-m", "venv", "--without-pip", venv)
    python = venv / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    (wheel,) = distributions.glob("*.whl")
    run(sys.executable, "-m", "pip", "--python", python, "install", "--no-index", "--no-deps", wheel)
    site = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
    borrowed = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (site / "borrowed.pth").write_text("\n".join(sorted(borrowed)) + "\n", encoding="utf-8")
    return python


def list_pack_files() -> set[str]:
    return {
        path.relative_to(REPOSITORY / "packs").as_posix()
        for path in (REPOSITORY / "packs").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_wheel_carries_every_pack_file(distributions):
    (wheel,) = distributions.glob("*.whl")

    names = zipfile.ZipFile(wheel).namelist()

    shipped = {name.removeprefix("yumiao/_packs/") for name in names if name.startswith("yumiao/_packs/")}
    assert shipped == list_pack_files()
    assert any(name.endswith((".yaml", ".yml")) for name in shipped)


def test_wheel_carries_nothing_but_the_package(distributions):
    (wheel,) = distributions.glob("*.whl")

    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}

    assert tops == {"yumiao", wheel.name.removesuffix("-py3-none-any.whl") + ".dist-info"}


def test_source_distribution_carries_packs_tests_and_documentation(distributions):
    (archive,) = distributions.glob("*.tar.gz")

    with tarfile.open(archive) as content:
        names = {name.split("/", 1)[1] for name in content.getnames() if "/" in name}

    assert {f"packs/{name}" for name in list_pack_files()} <= names
    assert {"tests/conftest.py", "docs/index.md", "mkdocs.yml", "Makefile", ".ci/run", "LICENSE"} <= names


def test_wheel_carries_what_pages_are_made_of(distributions):
    (wheel,) = distributions.glob("*.whl")
    web = REPOSITORY / "src" / "yumiao" / "web"

    parts = {
        f"yumiao/web/{path.relative_to(web).as_posix()}"
        for path in web.rglob("*")
        if path.suffix in {".html", ".css", ".svg", ".po", ".mo"}
    }

    assert len(parts) > 15
    assert parts <= set(zipfile.ZipFile(wheel).namelist())


def test_core_without_the_platform_lists_no_command_of_it(python_with_wheel):
    without = run(python_with_wheel, "-I", "-c", WITHOUT_DJANGO, "--help")
    with_it = run(python_with_wheel.with_name("yumiao"), "--help")

    assert "evaluate" in without
    assert "serve" not in without
    assert "serve" in with_it


def test_installed_wheel_imports_everything_without_the_repository(python_with_wheel):
    found = json.loads(run(python_with_wheel, "-I", "-c", IMPORT_EVERYTHING))

    assert not Path(found["home"]).is_relative_to(REPOSITORY)
    assert found["packs"] == sorted({name.split("/")[0] for name in list_pack_files() if "/" in name})
    assert found["foreign"] == []


def test_installed_command_shows_its_help(python_with_wheel):
    assert "yumiao" in run(python_with_wheel.with_name("yumiao"), "--help").lower()

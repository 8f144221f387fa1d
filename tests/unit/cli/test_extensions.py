"""Commands of an extension join when what they need is installed, and are not spoken of when it is not."""

from importlib.metadata import EntryPoint

import typer

from yumiao.cli import extensions


def add_one(app):
    app.command("extra")(lambda: None)


def commands_with(monkeypatch, name):
    point = EntryPoint(name=name, value=f"{__name__}:add_one", group=extensions.GROUP)
    monkeypatch.setattr(
        extensions, "entry_points", lambda group: [point] if group == extensions.GROUP else []
    )
    monkeypatch.setattr(EntryPoint, "load", lambda _point: add_one)
    app = typer.Typer()
    extensions.add_extensions(app)
    return [command.name for command in app.registered_commands]


def test_extension_whose_module_is_there_adds_its_commands(monkeypatch):
    assert commands_with(monkeypatch, "json") == ["extra"]


def test_extension_whose_module_is_not_installed_adds_nothing(monkeypatch):
    assert commands_with(monkeypatch, "no_such_module_anywhere") == []

"""``yumiao serve``: the site, by granian."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from yumiao.cli.language import both
from yumiao.cli.session import LangOption, session_of
from yumiao.cli.storing import StoreOption
from yumiao.district.commands.preparing import DataOption, require_prepared, set_up
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

KILL_SECONDS = 5
"""After so long a worker that does not end is killed: Ctrl-C at a terminal reaches it twice, and it then hangs."""

LOOPBACK = ("127.0.0.1", "::1", "localhost")

HostOption = Annotated[
    str, typer.Option("--host", metavar="ADDRESS", help=both("监听地址", "Address to listen on"))
]
PortOption = Annotated[int, typer.Option("--port", min=1, max=65535, help=both("端口", "Port"))]
WorkersOption = Annotated[int, typer.Option("--workers", min=1, help=both("工作进程数", "Worker processes"))]
HttpsOption = Annotated[
    bool | None,
    typer.Option(
        "--https/--plain-http",
        help=both(
            "用户是否经 HTTPS 访问；默认：只监听本机时否，否则是",
            "Whether people come by HTTPS; default: no when listening on this machine only, else yes",
        ),
    ),
]


def serve_command(
    context: typer.Context,
    data: DataOption = None,
    store: StoreOption = None,
    host: HostOption = "127.0.0.1",
    port: PortOption = 8000,
    workers: WorkersOption = 1,
    https: HttpsOption = None,
    lang: LangOption = None,
) -> None:
    """Serve the site until interrupted; refuses to start on a database that is not up to date."""
    is_encrypted = https if https is not None else host not in LOOPBACK
    os.environ["YUMIAO_PLAIN_HTTP"] = "0" if is_encrypted else "1"
    set_up(data, store)
    from django.conf import settings
    from granian.constants import Interfaces
    from granian.server import Server

    from yumiao.district.operations.running import running

    require_prepared()
    _refuse_demo(host)
    session = session_of(context, lang)
    shown = f"[{host}]" if ":" in host else host
    session.print(session.say(f"育苗：http://{shown}:{port}/", f"Yumiao: http://{shown}:{port}/"))
    server = Server(
        "yumiao.config.served:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=4,
        workers_kill_timeout=KILL_SECONDS,
        log_access=False,
    )
    with running(settings.YUMIAO_DATA, "serve"):
        server.serve()


def _refuse_demo(host: str) -> None:
    """Raise: YumiaoError where others could reach a demo district, whose passwords everybody knows."""
    from django.conf import settings

    if settings.YUMIAO_DEMO is not None and host not in LOOPBACK:
        raise YumiaoError(
            "serve.demo",
            Text(
                f"这是演示区县，口令公开，只能在本机（{LOOPBACK[0]}）上看，不能监听 {host}。",
                f"This is a demo district with public passwords; it is shown on {LOOPBACK[0]} only, not on {host}.",
            ),
        )

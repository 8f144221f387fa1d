"""The units of systemd, with this machine's paths filled in."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

_HARDENING = """NoNewPrivileges=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectSystem=strict
ProtectHome=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectControlGroups=yes
RestrictSUIDSGID=yes
LockPersonality=yes
UMask=0077
ReadWritePaths={data}"""

_ENVIRONMENT = """YUMIAO_DATA={data}
YUMIAO_STORE={store}
YUMIAO_HOSTS=yumiao.example
YUMIAO_ORG=
# DATABASE_URL=postgresql://yumiao:…@127.0.0.1/yumiao
# YUMIAO_METRICS_TOKEN_FILE=/etc/yumiao/metrics-token
"""


def unit_files(*, program: Path, data: Path, store: Path, backups: Path) -> dict[str, str]:
    """Return file name → text, for ``/etc/systemd/system``; ``environment`` is for ``/etc/yumiao``."""
    hardening = _HARDENING.format(data=data if store.is_relative_to(data) else f"{data} {store}")
    folder = resources.files("yumiao.district.operations") / "units"
    found = {"environment": _ENVIRONMENT.format(data=data, store=store)}
    for each in sorted(folder.iterdir(), key=lambda file: file.name):
        text = each.read_text(encoding="utf-8")
        values = {"@PROGRAM@": str(program), "@BACKUPS@": str(backups), "@HARDENING@": hardening}
        for mark, value in values.items():
            text = text.replace(mark, value)
        found[each.name] = text
    return found

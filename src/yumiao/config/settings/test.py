"""Settings of the tests: quick hashing, a database in memory, nothing kept."""

from __future__ import annotations

import os
import tempfile

_FOLDER = tempfile.TemporaryDirectory(prefix="yumiao-test-")
os.environ["YUMIAO_DATA"] = _FOLDER.name
os.environ["YUMIAO_MFA"] = "optional"

from yumiao.config.settings.base import *  # noqa: E402, F403 - after the folder is chosen
from yumiao.config.settings.base import TEMPLATES  # noqa: E402 - the same

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = "⟦unknown variable %s⟧"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True

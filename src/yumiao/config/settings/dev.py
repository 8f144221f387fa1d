"""Settings for work on the code: errors with their trace, files as they are, plain HTTP."""

from __future__ import annotations

from dataclasses import replace

from yumiao.config.settings.base import *  # noqa: F403 - settings build on each other
from yumiao.config.settings.base import YUMIAO_MESSAGING

DEBUG = True
SESSION_COOKIE_SECURE = False
CSRF_COOKIE_SECURE = False
LANGUAGE_COOKIE_SECURE = False
SECURE_PROXY_SSL_HEADER = None
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
YUMIAO_MESSAGING = replace(YUMIAO_MESSAGING, console=True)

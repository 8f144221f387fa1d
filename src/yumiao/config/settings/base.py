"""Settings of the platform in service; what a machine may change comes from `yumiao.config.environment`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from yumiao import web
from yumiao.config.databases import database_of
from yumiao.config.environment import current_environment
from yumiao.config.secret_key import read_or_create_key
from yumiao.config.single_sign_on import current_single_sign_on
from yumiao.district.demo.stated import read_demo

ENVIRONMENT = current_environment()
SINGLE_SIGN_ON = current_single_sign_on()
WEB = Path(web.__file__).parent

DEBUG = False
SECRET_KEY = read_or_create_key(ENVIRONMENT.data)
ALLOWED_HOSTS = list(ENVIRONMENT.hosts)

YUMIAO_DATA = ENVIRONMENT.data
YUMIAO_STORE = ENVIRONMENT.store
YUMIAO_PACKS = ENVIRONMENT.packs
"""Folders of the packs that the district adds to those that ship."""
YUMIAO_ORGANISATION = ENVIRONMENT.organisation
YUMIAO_MESSAGING = ENVIRONMENT.messaging
YUMIAO_DEMO = read_demo(ENVIRONMENT.data)
"""What the data folder says where it is a demo district, which is shown on this machine only; else None."""

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "yumiao.district.accounts",
    "yumiao.district.journal",
    "yumiao.district.jobs",
    "yumiao.district.messages",
    "yumiao.district.registry",
    "yumiao.district.indicators",
    "yumiao.district.intakes",
    "yumiao.district.overview",
    "yumiao.district.brief",
    "yumiao.district.tokens",
    "yumiao.district.vault",
    "yumiao.district.notes",
    "yumiao.district.attachments",
    "yumiao.district.contacts",
    "yumiao.district.filters",
    "yumiao.district.joining",
    "yumiao.district.proposals",
    "yumiao.district.campaigns",
    "yumiao.district.drafts",
    "yumiao.district.operations",
    "yumiao.district.entering",
    "yumiao.district.workdays",
    "yumiao.district.divisions",
    "yumiao.district.chains",
    "yumiao.district.counts",
    "yumiao.district.reminders",
    "yumiao.district.retention",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    *SINGLE_SIGN_ON.applications,
    "yumiao.web",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "yumiao.web.middleware.ContentSecurityPolicy",
    "yumiao.api.middleware.JsonErrors",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "yumiao.web.middleware.SessionLimits",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "yumiao.web.middleware.FormAddresses",
    "yumiao.web.middleware.ToldErrors",
]
ROOT_URLCONF = "yumiao.config.urls"
WSGI_APPLICATION = "yumiao.config.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "yumiao.web.context.shell",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "yumiao.web.templatetags.words",
            ],
        },
    },
]

DATABASES = {"default": database_of(ENVIRONMENT.database_url, ENVIRONMENT.data)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# ── people ────────────────────────────────────────────────────────────────────────────────────────────────────
AUTH_USER_MODEL = "accounts.Person"
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "/"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("login",)},
    },
]
MFA_ADAPTER = "yumiao.district.entering.adapter.SealedFactors"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "login"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
YUMIAO_FACTOR_KEY = read_or_create_key(ENVIRONMENT.data, "keys/second-factor")
YUMIAO_SECOND_FACTOR = ENVIRONMENT.second_factor
YUMIAO_SESSIONS_EACH = ENVIRONMENT.sessions_each
"""So many sessions of one person are open together; the oldest ends when one more begins."""
YUMIAO_METRICS_TOKEN = ENVIRONMENT.metrics_token
YUMIAO_SINGLE_SIGN_ON = SINGLE_SIGN_ON
SOCIALACCOUNT_ADAPTER = "yumiao.web.single_sign_on.KnownPeopleOnly"
SOCIALACCOUNT_PROVIDERS = SINGLE_SIGN_ON.providers
SESSION_COOKIE_AGE = 8 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
YUMIAO_IDLE_SECONDS = 1800
"""After so long without a request a person has to sign in again."""

# ── security ──────────────────────────────────────────────────────────────────────────────────────────────────
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = ENVIRONMENT.is_encrypted
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = ENVIRONMENT.is_encrypted
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SECURE = ENVIRONMENT.is_encrypted
CSRF_FAILURE_VIEW = "yumiao.web.views.errors.form_expired"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT.is_encrypted else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1 << 20
FILE_UPLOAD_HANDLERS = [
    "yumiao.web.uploading.SizeLimit",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# ── language and time ─────────────────────────────────────────────────────────────────────────────────────────
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [WEB / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# ── work that takes longer than a page ────────────────────────────────────────────────────────────────────────
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# ── files that never change ───────────────────────────────────────────────────────────────────────────────────
STATIC_URL = "/static/"
STATIC_ROOT = ENVIRONMENT.data / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}

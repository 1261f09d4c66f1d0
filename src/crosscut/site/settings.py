"""Django's settings. Everything a person may set comes from the environment; the defaults are one box on loopback."""

import os
import sys
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from crosscut.site.home import home, secret_key

PACKAGE = Path(__file__).resolve().parent.parent
HOME = home()


def _flag(name: str) -> bool:
    return os.environ.get(name, "").lower() in {"1", "true", "yes", "on"}


def _list(name: str) -> list[str]:
    return [part.strip() for part in os.environ.get(name, "").split(",") if part.strip()]


# A process that freezes inside a transaction, as on a paused machine, must not hold its locks for ever.
LET_GO = "-c idle_in_transaction_session_timeout=30s"


def _database(url: str) -> dict[str, object]:
    """Django's settings for a `postgresql://user:password@host:port/name?host=/socket/folder` address."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "crosscut",
        "USER": unquote(parts.username or query.pop("user", "") or "crosscut"),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", "") or parts.hostname or "",
        "PORT": query.pop("port", "") or parts.port or "",
        "CONN_HEALTH_CHECKS": True,
        "CONN_MAX_AGE": 60,
        "OPTIONS": {"connect_timeout": 10, "options": LET_GO, **query},
    }


# The embedded server writes its address here when it starts; DATABASE_URL overrides it.
DATABASE_ADDRESS_FILE = HOME / "run" / "database.url"
DATABASE_URL = os.environ.get("DATABASE_URL") or (
    DATABASE_ADDRESS_FILE.read_text().strip() if DATABASE_ADDRESS_FILE.exists() else "postgresql:///crosscut"
)
DATABASES = {"default": _database(DATABASE_URL)}

SECRET_KEY = secret_key()
SECRET_KEY_FALLBACKS = _list("CROSSCUT_OLD_SECRET_KEYS")
DEBUG = _flag("CROSSCUT_DEBUG")

# Two origins: the desk people work at, and what the public sees of this installation.
DESK_URL = os.environ.get("CROSSCUT_URL", "http://127.0.0.1:8000").rstrip("/")
PUBLIC_URL = os.environ.get("CROSSCUT_PUBLIC_URL", "http://127.0.0.1:8001").rstrip("/")
_desk, _public = urlsplit(DESK_URL), urlsplit(PUBLIC_URL)
ALLOWED_HOSTS = [*{_desk.hostname or "", _public.hostname or "", "127.0.0.1", "localhost"}, *_list("CROSSCUT_HOSTS")]
CSRF_TRUSTED_ORIGINS = [DESK_URL]
# Private addresses user-given URLs may name: host or host:port. What we serve ourselves is always among them.
ALLOWED_PRIVATE_HOSTS = (_public.netloc, *_list("CROSSCUT_ALLOWED_PRIVATE_HOSTS"))

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "procrastinate.contrib.django",
    "crosscut.site",
    "crosscut.apps.accounts",
    "crosscut.apps.work",
    "crosscut.apps.plan",
    "crosscut.apps.library",
    "crosscut.apps.produce",
    "crosscut.apps.preflight",
    "crosscut.apps.publish",
    "crosscut.apps.readers",
    "crosscut.apps.measure",
    "crosscut.apps.report",
]

MIDDLEWARE = [
    "crosscut.site.middleware.origin",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "crosscut.site.middleware.content_security_policy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "crosscut.site.middleware.membership",
    "crosscut.site.errors.plain_answers",
]

ROOT_URLCONF = "crosscut.site.urls"
PUBLIC_URLCONF = "crosscut.site.public_urls"
WSGI_APPLICATION = "crosscut.site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "site" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "crosscut.site.frame.frame",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
        },
    },
]

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign-in"

_is_https = _desk.scheme == "https"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _is_https
SESSION_COOKIE_NAME = "__Host-crosscut" if _is_https else "crosscut"
CSRF_COOKIE_NAME = "__Host-crosscut-csrf" if _is_https else "crosscut-csrf"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if _is_https else 0
X_FRAME_OPTIONS = "DENY"
IS_BEHIND_PROXY = _flag("CROSSCUT_BEHIND_PROXY")
if IS_BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("en-xa", "[Ƥşḗŭḓǿ]"), ("ar-xb", "Right-to-left test")]
LANGUAGES_BIDI = ["ar", "ar-xb", "he", "fa", "ur"]
LOCALE_PATHS = [PACKAGE / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [PACKAGE / "site" / "static"]
STATIC_ROOT = HOME / "static"
WHITENOISE_USE_FINDERS = True
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/build/assets/"
MEDIA_ROOT = HOME / "files"  # else a storage without a place of its own writes where the process happens to stand
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": MEDIA_ROOT}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
if bucket := os.environ.get("CROSSCUT_S3_BUCKET"):
    STORAGES["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {"bucket_name": bucket, "endpoint_url": os.environ.get("CROSSCUT_S3_ENDPOINT") or None},
    }
# The same store as browsers and programs reach it, which send their files there; empty where that is the same address.
S3_PUBLIC_ENDPOINT = os.environ.get("CROSSCUT_S3_PUBLIC_ENDPOINT", "")
# A second, slower place for masters that nobody uses: a folder on a large disk, or another bucket.
COLD_AFTER_DAYS = int(os.environ.get("CROSSCUT_COLD_AFTER_DAYS", 180))
if cold_folder := os.environ.get("CROSSCUT_COLD_FOLDER"):
    STORAGES["cold"] = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": Path(cold_folder)},
    }
elif cold_bucket := os.environ.get("CROSSCUT_COLD_BUCKET"):
    STORAGES["cold"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {"bucket_name": cold_bucket, "endpoint_url": os.environ.get("CROSSCUT_S3_ENDPOINT") or None},
    }
BIN_DAYS = int(os.environ.get("CROSSCUT_BIN_DAYS", 30))  # how long what was deleted can be brought back
PUBLIC_FOLDER = HOME / "public"  # the folders of the channels we serve ourselves, one per account
ALLOWED_FOLDERS = _list(
    "CROSSCUT_ALLOWED_FOLDERS"
)  # other places such a folder may lie in, for a web server of one's own
WATCH_FOLDERS = _list("CROSSCUT_WATCH_FOLDERS")  # folders of this machine in which leads may watch some
MEANING_MODEL = os.environ.get("CROSSCUT_MEANING_MODEL", "")  # the folder of a model for search by meaning
UPLOAD_FOLDER = HOME / "uploads"  # files on their way in
ROWS_FOLDER = HOME / "rows"  # what searches have in memory, so that processes share it; made again when it is gone
MAX_UPLOAD_BYTES = int(os.environ.get("CROSSCUT_MAX_UPLOAD_BYTES", 8 * 1000**3))
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000_000
NINJA_PAGINATION_CLASS = "crosscut.site.paging.Windowed"
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
FILE_UPLOAD_TEMP_DIR = UPLOAD_FOLDER
FILE_UPLOAD_HANDLERS = ["crosscut.apps.library.incoming.CappedUploadHandler"]
for folder in (HOME / "run", HOME / "log", HOME / "files", HOME / "static", PUBLIC_FOLDER, UPLOAD_FOLDER):
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)

METRICS_TOKEN = os.environ.get("CROSSCUT_METRICS_TOKEN", "")  # empty: /metrics answers this machine alone

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
APPEND_SLASH = True
IS_TESTING = "pytest" in sys.modules
if IS_TESTING:
    DATABASES["default"]["OPTIONS"] = {"connect_timeout": 10}  # a test is one long transaction
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "crosscut.site.logs.json_formatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("CROSSCUT_LOG_LEVEL", "INFO")},
    "loggers": {"procrastinate": {"level": "WARNING"}, "httpx": {"level": "WARNING"}},
}

"""What Django is told: its own tables in a file beside, ours untouched in the store."""

from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from sqlalchemy import URL, make_url

from admin.bench.questions import Questions

STORE = "store"
APP = "stock"


class Stock(AppConfig):
    """What Django counts the register's models to."""

    name = "admin.bench"
    label = APP


class Router:
    """Sends the register's models to the store; Django's own stay in its own file."""

    def db_for_read(self, model: Any, **_hints: Any) -> str:
        """Return where a model is read."""
        return STORE if model._meta.app_label == APP else "default"  # noqa: SLF001 - Django's public name

    db_for_write = db_for_read

    def allow_relation(self, *_objects: Any, **_hints: Any) -> bool:
        """Let entries refer to each other."""
        return True

    def allow_migrate(self, db: str, app_label: str, **_hints: Any) -> bool:
        """Never make or change a table of the store."""
        return db == "default" and app_label != APP


def configure(asked: Questions) -> None:
    """Set Django up as its documentation advises for an admin site in production."""
    settings.configure(
        SECRET_KEY="for-trials-only",  # noqa: S106 - of an invented person
        ALLOWED_HOSTS=["*"],
        USE_TZ=True,
        TIME_ZONE="Asia/Shanghai",
        LANGUAGE_CODE="zh-hans",
        ROOT_URLCONF="admin.bench.django_admin",
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        STATIC_URL="/static/",
        DATA_UPLOAD_MAX_MEMORY_SIZE=None,
        DATABASES={
            "default": _own(Path(asked.folder) / "django.db"),
            STORE: _store(make_url(asked.url)),
        },
        DATABASE_ROUTERS=["admin.bench.django_settings.Router"],
        INSTALLED_APPS=[
            "django.contrib.admin",
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.messages",
            "django.contrib.staticfiles",
            "import_export",
            "admin.bench.django_settings.Stock",
        ],
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages",
                    ]
                },
            }
        ],
    )


def _own(file: Path) -> dict[str, Any]:
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": file}


def _store(url: URL) -> dict[str, Any]:
    if url.get_backend_name() == "sqlite":
        return _own(Path(str(url.database)))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": url.database,
        "USER": url.username or "",
        "PASSWORD": url.password or "",
        "HOST": url.host or str(url.query.get("host", "")),
        "PORT": url.port or "",
    }

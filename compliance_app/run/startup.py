"""What web and worker check before they serve; each refusal says what to set."""

import os
import socket
from contextlib import closing

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

EXAMPLE_MARK = "example-key-refused-outside-check"
"""Part of the secret key in .env.example, which is for `make check` alone."""


class PortTaken(ImproperlyConfigured):
    def __init__(self, address: str) -> None:
        super().__init__(
            f"The address {address} was refused: another program listens there. "
            "End that program, or choose another port."
        )


def refuse_unsafe() -> None:
    """Raise ImproperlyConfigured where it would be unsafe to serve."""
    _require_secrets()
    if os.environ.get("DATABASE_OWNER_URL") or os.environ.get("DATABASE_OWNER_URL_FILE"):
        raise ImproperlyConfigured(
            "DATABASE_OWNER_URL='…' was refused in this process: the owner may lift row-level "
            "security. Unset it here; only `manage.py migrate --database owner` needs it."
        )
    if not settings.DATABASES["default"].get("NAME"):
        raise ImproperlyConfigured(
            "DATABASE_URL='' was refused. Set it to postgresql://user:password@host:port/name, "
            "or start `manage.py up`, which brings a database of its own."
        )
    _require_plain_role()


def _require_secrets() -> None:
    secret_key = _secret_key()
    if not secret_key or EXAMPLE_MARK in secret_key:
        raise ImproperlyConfigured(
            "SECRET_KEY was refused: it is empty or the example's. "
            "Set SECRET_KEY or SECRET_KEY_FILE to 50 random characters or more."
        )
    if not settings.FIELD_KEYS:
        raise ImproperlyConfigured(
            "FIELD_KEYS='' was refused: vendor keys could not be kept. "
            "Set it to one or more Fernet keys, newest first, separated by commas."
        )
    if not settings.HASH_KEY:
        raise ImproperlyConfigured(
            "HASH_KEY='' was refused: calls of one subject could not be told. "
            "Set HASH_KEY or HASH_KEY_FILE to 32 random characters or more."
        )


def _secret_key() -> str:
    try:
        return settings.SECRET_KEY
    except ImproperlyConfigured:  # Django's own refusal of an empty one, without a remedy
        return ""


def _require_plain_role() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolname, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
        )
        row = cursor.fetchone()
    connection.close()
    if row is None or row[1]:
        raise ImproperlyConfigured(
            f"The database role {row[0] if row else '?'!r} was refused: it is not bound by "
            "row-level security. Use the role verbatim_app (`manage.py roles --sql`)."
        )


def require_free(host: str, port: int) -> None:
    """Raise PortTaken where something listens on host:port."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTaken(f"{host}:{port}") from error

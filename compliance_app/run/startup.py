"""What web and worker check before they serve; each refusal says what to set."""

import errno
import os
import socket
from contextlib import closing

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import Error, connection

from compliance_app.run import roles
from reviews.models import secret

EXAMPLE_MARK = "example-key-refused-outside-check"
"""Part of the secret key in .env.example, which is for `make check` alone."""


# Free of row-level security: itself, as a member of a role that is, or as a table's owner.
_UNBOUND = """
SELECT r.rolname, EXISTS (
  SELECT FROM pg_roles free WHERE (free.rolsuper OR free.rolbypassrls OR free.rolname = %s)
  AND pg_has_role(r.oid, free.oid, 'MEMBER')
) OR EXISTS (
  SELECT FROM pg_class c WHERE c.relkind IN ('r', 'p') AND pg_has_role(r.oid, c.relowner, 'MEMBER')
) FROM pg_roles r WHERE r.rolname = current_user
"""


class PortTaken(ImproperlyConfigured):
    def __init__(self, address: str) -> None:
        super().__init__(
            f"The address {address} was refused: another program listens there. "
            "End that program, or choose another port."
        )


class AddressUnusable(ImproperlyConfigured):
    def __init__(self, address: str, reason: str) -> None:
        super().__init__(
            f"The address {address} was refused: {reason}. "
            "Choose an IPv4 address or name of this machine and a port this user may open."
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
    require_usable_keys()


def require_usable_keys() -> None:
    """Raise ImproperlyConfigured where a key of FIELD_KEYS is none; no keys at all pass."""
    if settings.FIELD_KEYS:
        secret.seal("")


def _secret_key() -> str:
    try:
        return settings.SECRET_KEY
    except ImproperlyConfigured:  # Django's own refusal of an empty one, without a remedy
        return ""


def _require_plain_role() -> None:
    row = _role()
    if row is None or row[1]:
        raise ImproperlyConfigured(
            f"The database role {row[0] if row else '?'!r} was refused: it is not bound by "
            "row-level security. Use the role verbatim_app (`manage.py roles --sql`)."
        )


def _role() -> tuple[str, bool] | None:
    """Name of the database role, and whether it is free of row-level security."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(_UNBOUND, [roles.REACH])
            row: tuple[str, bool] | None = cursor.fetchone()
            return row
    except Error as error:
        database = settings.DATABASES["default"]
        # The driver's own text may quote the address.
        raise ImproperlyConfigured(
            f"The database {database['NAME']!r} at {database['HOST'] or 'the local socket'!r} was "
            f"refused: no session as {database['USER']!r}. It is away, or refuses the role or the "
            "password. Start it, or mend DATABASE_URL."
        ) from error
    finally:
        connection.close()


def require_free(host: str, port: int) -> None:
    """Raise PortTaken where something listens on host:port, AddressUnusable if nothing may."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OverflowError as error:
            raise AddressUnusable(f"{host}:{port}", "a port is 0 to 65535") from error
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise PortTaken(f"{host}:{port}") from error
            raise AddressUnusable(f"{host}:{port}", str(error.strerror)) from error

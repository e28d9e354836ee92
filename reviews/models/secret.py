"""Secrets at rest: MultiFernet over a key list of its own; keys rotate apart from SECRET_KEY."""

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


class SecretUnreadable(RuntimeError):
    """No key of FIELD_KEYS opens the stored secret."""

    def __init__(self) -> None:
        super().__init__(
            "a stored secret was refused by every key in FIELD_KEYS: "
            "add the key it was written with, or enter the secret again"
        )


def _box() -> MultiFernet:
    try:
        return MultiFernet([Fernet(key) for key in settings.FIELD_KEYS])
    except ValueError as error:
        raise ImproperlyConfigured(
            f"FIELD_KEYS with {len(settings.FIELD_KEYS)} usable entries was refused. Allowed: one "
            "or more keys of 32 bytes in URL-safe base64, newest first, separated by commas."
        ) from error


def seal(plain: str) -> bytes:
    return seal_bytes(plain.encode())


def unseal(sealed: bytes) -> str:
    """Raises SecretUnreadable."""
    return unseal_bytes(sealed).decode()


def seal_bytes(plain: bytes) -> bytes:
    return _box().encrypt(plain)


def unseal_bytes(sealed: bytes) -> bytes:
    """Raises SecretUnreadable."""
    try:
        return _box().decrypt(bytes(sealed))
    except InvalidToken as error:
        raise SecretUnreadable from error


def reseal(sealed: bytes) -> bytes:
    """The same secret under the newest key."""
    return _box().rotate(bytes(sealed))

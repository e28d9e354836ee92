"""Failed sign-ins, counted by account and by address. Global: no tenant is known yet."""

from django.db import models


class SignInThrottle(models.Model):
    PERSONAL: frozenset[str] = frozenset()
    SAFE = frozenset({"key_hash", "failures", "last_at"})

    key_hash = models.BinaryField(primary_key=True, max_length=32)
    """Keyed hash of the e-mail address or of the network address."""
    failures = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()

    def __str__(self) -> str:
        return bytes(self.key_hash).hex()

"""People who sign in. Global: one person may belong to several tenants."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from reviews.models.ids import uuid7


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class Density(models.TextChoices):
    USUAL = "usual", "Usual"
    COMPACT = "compact", "Compact"


class User(AbstractBaseUser):
    PERSONAL = frozenset({"email", "name", "password"})
    SAFE = frozenset(
        {
            "id", "last_login", "is_active", "is_operator", "created_at", "density",
            "time_zone", "keys", "notices_off", "digest_hour", "digest_at",
        }
    )  # fmt: skip

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=200, blank=True)
    is_active = models.BooleanField(default=True)
    is_operator = models.BooleanField(default=False)
    """Runs the installation; stands outside all tenants."""
    created_at = models.DateTimeField(auto_now_add=True)
    density = models.CharField(max_length=10, choices=Density, default=Density.USUAL)
    time_zone = models.CharField(max_length=64, blank=True)
    """A name of the time zone database; empty: the installation's."""
    keys = models.JSONField(default=dict, blank=True)
    """What differs from reviews/web/keys.py: `off`, and action → key."""
    notices_off = models.JSONField(default=list, blank=True)
    """Kinds of notifications that the person wants none of."""
    digest_hour = models.PositiveSmallIntegerField(null=True, blank=True)
    """In the person's time zone, when a mail says daily what is unread; null: no mail."""
    digest_at = models.DateTimeField(null=True, blank=True)
    """Up to when the last such mail told, or was passed over: what is newer comes next."""

    USERNAME_FIELD = "email"
    objects = UserManager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once")]

    def __str__(self) -> str:
        return str(self.id)

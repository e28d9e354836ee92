"""What `manage.py check --deploy` says beyond Django's own checks."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import checks


def mail_is_set_up_where_it_is_wanted(
    *, databases: Sequence[str] | None = None, **_: Any
) -> list[checks.CheckMessage]:
    """Looks at the people, so only where `--database default` is given, too."""
    if settings.HAS_MAIL or "default" not in (databases or ()):
        return []
    people = get_user_model().objects
    wanted = people.filter(digest_hour__isnull=False, is_active=True).count()
    if not wanted:
        return []
    return [
        checks.Warning(
            f"{wanted} people want a daily mail, and mail is not set up.",
            hint="Set MAIL_HOST, MAIL_FROM and SITE_ADDRESS: docs/operator/mail.md.",
            id="verbatim.W001",
        )
    ]

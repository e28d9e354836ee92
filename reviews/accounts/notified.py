"""What people do with what they are told, and which of it they want. Theirs alone: no audit row."""

from collections.abc import Collection
from datetime import datetime

from reviews import access, notify
from reviews.models import Membership, Notice, Notification, User


def read(*, notification: Notification, now: datetime) -> None:
    """The first time counts."""
    Notification.objects.filter(pk=notification.pk, read_at=None).update(read_at=now)


def read_all(*, membership: Membership, now: datetime) -> int:
    """How many were unread."""
    return access.visible_notifications(membership).filter(read_at=None).update(read_at=now)


def choose(
    *,
    user: User,
    offered: Collection[Notice],
    wanted: Collection[str],
    hour: int | None,
    now: datetime,
) -> None:
    """Of the kinds that were offered those that are wanted, and the hour of the daily mail."""
    kept = [each for each in user.notices_off if each not in offered]
    user.notices_off = [*kept, *(str(each) for each in offered if each not in wanted)]
    is_begun = user.digest_hour is None and hour is not None
    user.digest_hour = hour
    user.save(update_fields=["notices_off", "digest_hour"])
    if is_begun:
        _begin_mails(user, now)


def _begin_mails(user: User, now: datetime) -> None:
    """The first tells what is new since it would have come last; it is never set back, and not
    where a mail goes out just now."""
    last = notify.mail_until(user, now)
    if user.digest_at is None or user.digest_at < last:
        User.objects.filter(pk=user.pk, digest_at=user.digest_at).update(digest_at=last)

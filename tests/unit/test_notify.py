"""When a person's daily mail is due, by the clock on their wall."""

from datetime import UTC, datetime

import pytest

from reviews import notify
from reviews.models import MemberRole, Notice, User
from reviews.policies import Action, can

BERLIN = User(time_zone="Europe/Berlin", digest_hour=8)
TIMES = {
    "before the hour": ("2026-11-10 06:59", "2026-11-09 07:00", "2026-11-10 07:00"),
    "at the hour": ("2026-11-10 07:00", "2026-11-10 07:00", "2026-11-11 07:00"),
    "late, on the next day there": ("2026-11-10 23:30", "2026-11-10 07:00", "2026-11-11 07:00"),
    "over the end of summer time": ("2026-10-24 12:00", "2026-10-24 06:00", "2026-10-25 07:00"),
    "over its beginning": ("2027-03-27 23:30", "2027-03-27 07:00", "2027-03-28 06:00"),
}


@pytest.mark.parametrize("name", TIMES)
def test_the_mails_hour_is_that_of_the_persons_wall(name: str) -> None:
    now, last, following = (datetime.fromisoformat(each + "Z") for each in TIMES[name])
    assert notify.mail_until(BERLIN, now) == last
    assert notify.mail_after(BERLIN, now) == following


def test_without_a_zone_it_is_the_installations() -> None:
    now = datetime(2026, 11, 10, 21, tzinfo=UTC)
    assert notify.mail_after(User(digest_hour=20), now).isoformat() == "2026-11-11T20:00:00+00:00"


def test_every_kind_has_an_object_and_somebody_to_tell() -> None:
    assert set(notify.ABOUT) == set(Notice)
    for kind in Notice:
        assert any(kind in notify.kinds_of(role) for role in MemberRole), kind


def test_an_agent_is_offered_no_kind_of_other_peoples_work() -> None:
    told = notify.kinds_of(MemberRole.AGENT)
    assert Notice.CALL_RELEASED in told
    assert not [kind for kind in told if can(MemberRole.REVIEWER, notify.ABOUT[kind].action)
                and notify.ABOUT[kind].action is not Action.SEE_CALLS]  # fmt: skip

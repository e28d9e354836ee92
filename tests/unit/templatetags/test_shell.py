"""The frame of every page: a tenant's colour, the way back from a verdict."""

from uuid import UUID

import pytest

from reviews.templatetags.shell import HUES, Undo, hue, undo

FINDING = UUID(int=7)


def test_a_tenant_keeps_its_colour() -> None:
    assert hue("northfield-claims") == 1


def test_every_colour_is_one_that_the_styles_know() -> None:
    hues = {hue(f"tenant-{number}") for number in range(200)}
    assert hues == set(range(HUES))


def test_the_message_of_a_verdict_leads_back() -> None:
    assert undo(f"undo {FINDING} 3") == Undo(FINDING, 3)


@pytest.mark.parametrize("tags", [None, "", "safe", f"undo {FINDING}"])
def test_other_messages_lead_nowhere(tags: str | None) -> None:
    assert undo(tags) is None

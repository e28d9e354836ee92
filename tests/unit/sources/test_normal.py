"""What fits the columns of the database, and what is cut to fit."""

from datetime import datetime

import pytest

from reviews.models import Agent, Participant, Transcript, Utterance
from reviews.sources import normal


def test_fitted_keeps_a_label_that_fits() -> None:
    assert normal.fitted("Speaker " + "x" * 92, 100) == "Speaker " + "x" * 92


@pytest.mark.parametrize("longest", [normal.LONGEST_SPEAKER, normal.LONGEST_CHANNEL])
def test_fitted_cuts_long_labels_alike_and_keeps_them_apart(longest: int) -> None:
    one, other = "a" * 5_000 + "1", "a" * 5_000 + "2"
    cut = normal.fitted(one, longest)
    assert len(cut) == longest
    assert cut == normal.fitted(one, longest) != normal.fitted(other, longest)


@pytest.mark.parametrize(
    "text",
    [
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-12:00",
        "1899-12-31T23:59:59+00:00",
        "2201-01-01T00:00:00+00:00",
        "2026-01-01T00:00:00+16:00",
        "2026-01-01T00:00:00-23:59",
        "2026-01-01T00:00:00+01:00:30",
        "2026-01-01T00:00:00+01:00:00.5",
        "2026-01-01T00:00:00",
    ],
)
def test_is_storable_says_no_when_a_column_or_a_calculation_would_fail(text: str) -> None:
    assert not normal.is_storable(datetime.fromisoformat(text))


@pytest.mark.parametrize("text", ["1900-01-01T00:00:00+14:00", "2200-12-31T23:59:59.9-11:30"])
def test_is_storable_says_yes_at_the_ends(text: str) -> None:
    assert normal.is_storable(datetime.fromisoformat(text))


COLUMNS = [
    (Transcript, "external_id", normal.LONGEST_EXTERNAL_ID),
    (Transcript, "language", normal.LONGEST_LANGUAGE),
    (Transcript, "customer_region", normal.LONGEST_REGION),
    (Transcript, "queue", normal.LONGEST_QUEUE),
    (Transcript, "product", normal.LONGEST_PRODUCT),
    (Transcript, "customer_zone", normal.LONGEST_ZONE),
    (Transcript, "roles_by", normal.LONGEST_ROLES_HOW),
    (Utterance, "speaker", normal.LONGEST_SPEAKER),
    (Utterance, "channel", normal.LONGEST_CHANNEL),
    (Participant, "speaker", normal.LONGEST_SPEAKER),
    (Participant, "channel", normal.LONGEST_CHANNEL),
    (Agent, "external_id", normal.LONGEST_AGENT),
]


@pytest.mark.parametrize(("model", "column", "longest"), COLUMNS)
def test_the_limits_are_those_of_the_columns(model: type, column: str, longest: int) -> None:
    assert model._meta.get_field(column).max_length == longest  # type: ignore[attr-defined] # every model has it

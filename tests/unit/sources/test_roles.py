"""Who is the agent: only where somebody said so."""

import pytest

from reviews.detection.transcript import Role
from reviews.sources.roles import Assigned, Named, Voices, assign, role_word

A, C, O, U = Role.AGENT, Role.CUSTOMER, Role.OTHER, Role.UNKNOWN  # noqa: E741 # a table of letters


def _assign(
    speakers: str, channels: str = "", *, named: Named | None = None, multichannel: bool = False
) -> Assigned:
    """Labels as a line of words, `-` for none."""
    spoken = [None if label == "-" else label for label in speakers.split()]
    heard = [None if label == "-" else label for label in channels.split()] or [None] * len(spoken)
    voices = Voices(spoken, heard, is_multichannel=multichannel)
    return assign(voices, named=named or Named())


@pytest.mark.parametrize(
    ("speakers", "agent", "customer", "roles"),
    [
        ("A B A", "A", "B", (A, C, A)),
        ("A B C", "A", "B", (A, C, O)),
        ("A B", "A", None, (A, C)),
        ("A B", None, "A", (C, A)),
        ("A B C", "A", None, (A, O, O)),
        ("A A", "A", None, (A, A)),
        ("A - B", "A", "B", (A, U, C)),
        ("A B", "X", None, (U, U)),
        ("A B", "X", "A", (C, O)),
        ("- -", "A", "B", (U, U)),
        ("a B", "A", None, (U, U)),
    ],
)
def test_assign_follows_the_labels_that_were_named(
    speakers: str, agent: str | None, customer: str | None, roles: tuple[Role, ...]
) -> None:
    assert _assign(speakers, named=Named(agent, customer, "the source")).roles == roles


def test_assign_says_which_named_label_the_call_lacks() -> None:
    found = _assign("A B", named=Named("A", "X", "the source"))
    assert found.missing == ("customer",)
    assert found.how == "labels named by the source"


def test_assign_follows_several_labels_of_a_role() -> None:
    assert _assign("A B C", named=Named(("A", "C"), None, "the source")).roles == (A, C, A)
    found = _assign("A B C", named=Named(("A", "X"), ("B",), "the source"))
    assert (found.roles, found.missing) == ((A, C, O), ("agent",))


def test_assign_misses_no_label_where_the_call_has_none() -> None:
    found = _assign("- -", named=Named("A", "B", "the source"))
    assert (found.missing, found.how) == ((), "unknown: the call has no labels")


def test_assign_puts_the_channel_before_the_label_under_multichannel() -> None:
    named = Named("1", "2A", "the source")
    assert _assign("1A 2A", "2 1", named=named, multichannel=True).roles == (O, A)


def test_assign_reads_the_channel_out_of_a_multichannel_label() -> None:
    named = Named("1", "2", "the source")
    assert _assign("1A 1B 2A", named=named, multichannel=True).roles == (A, A, C)
    assert _assign("1A 2A", named=named).roles == (U, U)


def test_assign_counts_channels_when_one_party_is_left() -> None:
    found = _assign("1A 2A 2B", named=Named("1", None, "the source"), multichannel=True)
    assert found.roles == (A, C, C)


def test_assign_takes_labels_that_are_role_words() -> None:
    found = _assign("Agent Caller B")
    assert (found.roles, found.how) == ((A, C, U), "labels that are role words")


def test_assign_takes_the_vendors_mapping_before_role_words() -> None:
    voices = Voices(["Agent", "B"], [None, None], identified={"Agent": "Customer", "B": "Agent"})
    assert assign(voices, named=Named()).roles == (C, A)


@pytest.mark.parametrize("speakers", ["A B", "- -", "Maria Joe", "1 2"])
def test_assign_guesses_nothing(speakers: str) -> None:
    found = _assign(speakers)
    assert found.roles == (U, U)
    assert found.how.startswith("unknown")


@pytest.mark.parametrize(
    ("text", "role"),
    [("AGENT", A), (" sales_representative ", A), ("Account-Holder", C), ("IVR", O), ("Agnes", U)],
)
def test_role_word_knows_the_words_for_a_role(text: str, role: Role) -> None:
    assert role_word(text) is role

import pytest

from reviews.detection.safety.inflection import forms


@pytest.mark.parametrize(
    ("entry", "made"),
    [
        ("scum", {"scum"}),
        ("stab:v", {"stab", "stabs", "stabbed", "stabbing", "stabbin"}),
        ("shoot:v", {"shoot", "shoots", "shot", "shooting", "shootin"}),
        ("rob:r", {"rob", "robber", "robbers"}),
        ("bookie:n", {"bookie", "bookies"}),
        ("bitch:n", {"bitch", "bitches"}),
        ("bully:nv", {"bully", "bullies", "bullied", "bullying", "bullyin"}),
        ("wage:v", {"wage", "wages", "waged", "waging", "wagin"}),
        ("dumb:a", {"dumb", "dumber", "dumbest"}),
    ],
)
def test_the_forms_of_a_word_follow_its_signs(entry: str, made: set[str]) -> None:
    assert set(forms(entry)) == made

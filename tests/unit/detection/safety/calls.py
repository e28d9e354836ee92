"""Calls for the tests of safety, and short ways to say what is found."""

from reviews.detection.safety.call import find_in_call
from reviews.detection.safety.span import SafetySpan
from tests.unit.detection.calls import call

Said = list[tuple[str, str, str]]
"""Category, aim, words."""


def spans(text: str) -> tuple[SafetySpan, ...]:
    return find_in_call(call(f"customer: {text}"))


def sure(text: str) -> Said:
    whole = call(f"customer: {text}")
    return [
        (span.category.value, span.aim, " ".join(whole.words[span.first_word : span.last_word + 1]))
        for span in find_in_call(whole)
        if not span.is_unsure
    ]


def categories(text: str) -> set[str]:
    """Those of which the text surely holds something."""
    return {category for category, _, _ in sure(text)}

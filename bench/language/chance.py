"""Chance that comes out alike in every run."""

from random import Random


def seeded(number: int) -> Random:
    return Random(number)  # noqa: S311  # nothing here is secret; to be repeated is its purpose

"""What a rule may cost on one call: counted and not timed, so that every machine refuses alike."""

from dataclasses import dataclass

STEPS_AT_MOST = 2_500_000
"""Some tenths of a microsecond each: below a second."""


class TooMuchEffort(Exception):
    """The engine's own limit: a rule tries more than it may."""


@dataclass(slots=True)
class Effort:
    spent: int = 0

    def spend(self, steps: int) -> None:
        """Raises TooMuchEffort."""
        self.spent += steps
        if self.spent > STEPS_AT_MOST:
            raise TooMuchEffort

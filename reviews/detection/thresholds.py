"""A measure that a rule bounds: `over:` a number or `under:` one."""

from dataclasses import dataclass

from reviews.detection.document import Section, refuse


@dataclass(frozen=True, slots=True)
class Threshold:
    """Exactly one of them is set, in the units of what is measured."""

    over: float | None = None
    under: float | None = None

    def is_broken(self, value: float) -> bool:
        return value > self.over if self.over is not None else value < (self.under or 0.0)

    def written(self) -> dict[str, float]:
        both = {"over": self.over, "under": self.under}
        return {name: value for name, value in both.items() if value is not None}


def threshold(own: Section, *, most: float) -> Threshold:
    """Raises RubricError where both or none is written."""
    made = {
        key: own.number(key, default=0, least=0, most=most)
        for key in ("over", "under")
        if own.take(key) is not None
    }
    if len(made) != 1:
        refuse(own.path, f"{len(made)} bounds are written: write over or under, with a number")
    return Threshold(**made)

from collections.abc import Iterator

import pytest

from reviews.queries import queue_items
from reviews.queries.rubrics import rubric_of


def forget() -> None:
    """What a process keeps of rows and of the door, which these tests take away."""
    rubric_of.cache_clear()
    queue_items.written.cache_clear()


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    forget()
    yield
    forget()

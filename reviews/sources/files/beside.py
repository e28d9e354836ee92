"""Recordings that lie beside their transcripts: `7.wav` goes with `7.json`."""

from collections.abc import Sequence

from reviews.sources.media import stem_of


def paired(names: Sequence[str]) -> list[tuple[int, int | None]]:
    """Every document in its order, and the recording beside it; as places among `names`.

    A recording goes with the first document of its stem. One without any is taken for a document,
    and refused as such.
    """
    free = {stem: at for at, name in enumerate(names) if (stem := stem_of(name)) is not None}
    documents = [at for at, name in enumerate(names) if stem_of(name) is None]
    beside = {at: free.pop(_stem(names[at]), None) for at in documents}
    return [(at, beside.get(at)) for at in range(len(names)) if at not in beside.values()]


def _stem(name: str) -> str:
    return name.rpartition(".")[0] or name

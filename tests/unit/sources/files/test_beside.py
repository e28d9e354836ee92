"""Which recording lies beside which transcript."""

import pytest

from reviews.sources.files.beside import paired


def pairs(*names: str) -> list[tuple[str, str | None]]:
    return [(names[at], None if other is None else names[other]) for at, other in paired(names)]


@pytest.mark.parametrize(
    ("names", "found"),
    [
        ((), []),
        (("7.wav", "7.json"), [("7.json", "7.wav")]),
        (("a/7.json", "b/7.wav"), [("a/7.json", None), ("b/7.wav", None)]),
        (
            ("1.json", "2.json", "2.mp3", "1.wav"),
            [("1.json", "1.wav"), ("2.json", "2.mp3")],
        ),
        (("7.json", "7.srt", "7.wav"), [("7.json", "7.wav"), ("7.srt", None)]),
        (("7.wav", "7.mp3", "7.json"), [("7.wav", None), ("7.json", "7.mp3")]),
        (("7.wav",), [("7.wav", None)]),
        (("7", "7.wav"), [("7", "7.wav")]),
        (("calls.jsonl", "x.wav"), [("calls.jsonl", None), ("x.wav", None)]),
    ],
)
def test_a_recording_goes_with_the_first_document_of_its_stem(
    names: tuple[str, ...], found: list[tuple[str, str | None]]
) -> None:
    assert pairs(*names) == found

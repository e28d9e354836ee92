"""What the vendor derives from words: sentences, paragraphs, captions and word search."""

from collections.abc import Iterator, Sequence
from typing import Any

_ENDS = (".", "?", "!")
_PARAGRAPH_SENTENCES = 5
_EDGES = ".,?!;:\"'()"
_CAPTION_CHARACTERS = 80

Word = dict[str, Any]


def sentences(words: Sequence[Word]) -> list[dict[str, Any]]:
    """Words up to each full stop, question or exclamation mark."""
    stretches: list[list[Word]] = [[]]
    for word in words:
        stretches[-1].append(word)
        if word["text"].endswith(_ENDS):
            stretches.append([])
    return [_stretch(stretch) for stretch in stretches if stretch]


def paragraphs(words: Sequence[Word]) -> list[dict[str, Any]]:
    """Five sentences each."""
    rows = sentences(words)
    chunks = (
        rows[at : at + _PARAGRAPH_SENTENCES] for at in range(0, len(rows), _PARAGRAPH_SENTENCES)
    )
    return [_stretch([word for row in chunk for word in row["words"]]) for chunk in chunks]


def _stretch(words: list[Word]) -> dict[str, Any]:
    return {
        "text": " ".join(word["text"] for word in words),
        "start": words[0]["start"],
        "end": words[-1]["end"],
        "confidence": sum(word["confidence"] for word in words) / len(words),
        "words": words,
        "speaker": words[0].get("speaker"),
    }


def search(
    words: Sequence[Word],
    wanted: Sequence[str],
    *,
    has_zero: bool = False,
    has_every: bool = False,
) -> dict[str, Any]:
    """Whole words and phrases, case and edge punctuation aside; terms without a hit if asked.

    A hit's index is that of its first word; of every word where `has_every`.
    """
    tokens = [_token(word["text"]) for word in words]
    matches: list[dict[str, Any]] = []
    for text in wanted:
        phrase = [_token(part) for part in text.split()]
        hits = list(_hits(tokens, phrase)) if phrase else []
        if hits or has_zero:
            size = len(phrase)
            stamps = [[words[at]["start"], words[at + size - 1]["end"]] for at in hits]
            listed = [at + more for at in hits for more in range(size if has_every else 1)]
            matches.append(
                {"text": text, "count": len(hits), "timestamps": stamps, "indexes": listed}
            )
    return {"total_count": sum(row["count"] for row in matches), "matches": matches}


def _token(text: str) -> str:
    return text.strip(_EDGES).casefold()


def _hits(tokens: list[str], phrase: list[str]) -> Iterator[int]:
    for at in range(len(tokens) - len(phrase) + 1):
        if tokens[at : at + len(phrase)] == phrase:
            yield at


def srt(words: Sequence[Word], characters: int | None) -> str:
    """SubRip captions of at most `characters` each."""
    return "\n".join(
        f"{number}\n{_time(start, ',')} --> {_time(end, ',')}\n{text}\n"
        for number, (start, end, text) in enumerate(_captions(words, characters), start=1)
    )


def vtt(words: Sequence[Word], characters: int | None) -> str:
    """WebVTT captions of at most `characters` each."""
    return "WEBVTT\n\n" + "\n".join(
        f"{_time(start, '.')} --> {_time(end, '.')}\n{text}\n"
        for start, end, text in _captions(words, characters)
    )


def _captions(words: Sequence[Word], characters: int | None) -> Iterator[tuple[int, int, str]]:
    longest = characters or _CAPTION_CHARACTERS
    held: list[Word] = []
    for word in words:
        if held and sum(len(each["text"]) + 1 for each in held) + len(word["text"]) > longest:
            yield _caption(held)
            held = []
        held.append(word)
    if held:
        yield _caption(held)


def _caption(words: list[Word]) -> tuple[int, int, str]:
    return words[0]["start"], words[-1]["end"], " ".join(word["text"] for word in words)


def _time(ms: int, point: str) -> str:
    seconds, ms = divmod(ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{point}{ms:03}"

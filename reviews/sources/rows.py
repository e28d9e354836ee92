"""Lists of objects, as calls have them by the thousand: told apart without Python code for each."""

from operator import itemgetter
from typing import Any

WORD_KEYS = frozenset(("text", "start", "end", "confidence", "speaker", "channel"))
_ROW = frozenset((dict,))
_TEXT = frozenset((str,))
_text_of = itemgetter("text")


def list_of(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def are_words(rows: list[Any]) -> bool:
    """True where all are objects with nothing but what a word has."""
    return _ROW.issuperset(map(type, rows)) and WORD_KEYS.issuperset(set().union(*rows))


def with_text(rows: list[Any]) -> list[dict[str, Any]]:
    """The objects that have a text; the list itself where all of them have one."""
    return rows if _column(rows) is not None else [row for row in rows if _has_text(row)]


def texts_of(rows: list[Any]) -> list[str]:
    """The texts of the objects that have one."""
    texts = _column(rows)
    return [row["text"] for row in rows if _has_text(row)] if texts is None else texts


def _column(rows: list[Any]) -> list[str] | None:
    """The texts where every row has one, else None."""
    try:
        texts = list(map(_text_of, rows))
    except (KeyError, TypeError):
        return None
    return texts if _TEXT.issuperset(map(type, texts)) else None


def _has_text(row: Any) -> bool:
    return type(row) is dict and type(row.get("text")) is str

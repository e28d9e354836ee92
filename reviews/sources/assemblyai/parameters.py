"""Readers of a request's single parameters: a value of the right kind, or a refusal that names it.

What a person wrote is shown only where it is one of a closed set; of texts only the size is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from reviews.errors import ErrorCode, Refused

Reader = Callable[[str, Any], Any]
"""(name, value) → the value. Raises ProfileRefused."""

_LANGUAGES = (
    "en en_au en_uk en_us es fr de it pt nl af sq am ar hy as az ba eu be bn bs br bg my ca zh hr "
    "cs da et fo fi gl ka el gu ht ha haw he hi hu is id ja jw kn kk km ko lo la lv ln lt lb mk mg "
    "ms ml mt mi mr mn ne no nn oc pa ps fa pl ro ru sa sr sn sd si sk sl so su sw sv tl tg ta tt "
    "te th bo tr tk uk ur uz vi cy yi yo"
)
LANGUAGES = frozenset(_LANGUAGES.split())
LONGEST_WORDING = 6
"""Words of a key term."""
LONGEST_SPELLING = 100
MOST_SPELLINGS = 1_000
MOST_POLICIES = 100
LONGEST_PROMPT = 5_000
_SHOWN = 30


class ProfileRefused(Refused):
    code = ErrorCode.PAYLOAD_REFUSED


def refuse(name: str, seen: str, remedy: str) -> NoReturn:
    raise ProfileRefused(f"“{name}” of the profile is refused", seen, remedy)


@dataclass(frozen=True, slots=True)
class Spelling:
    """However it is said → how it is written, one word."""

    said: tuple[str, ...]
    spelt: str


def flag(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        refuse(name, _kind(value), "Write true or false.")
    return value


def share(name: str, value: Any) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not 0 <= value <= 1:
        refuse(name, _shown(value), "Write a number from 0 to 1.")
    return float(value)


def whole(low: int, high: int) -> Reader:
    def read(name: str, value: Any) -> int:
        if type(value) is not int or not low <= value <= high:
            refuse(name, _shown(value), f"Write a whole number from {low} to {high}.")
        return int(value)

    return read


def one_of(*known: str) -> Reader:
    def read(name: str, value: Any) -> str:
        if value not in known:
            refuse(name, _shown(value), f"Write one of {', '.join(known)}.")
        return str(value)

    return read


def language(name: str, value: Any) -> str:
    if not isinstance(value, str) or value not in LANGUAGES:
        refuse(name, _shown(value), "Write a code of the vendor's list, such as en_us or es.")
    return value


def text(name: str, value: Any) -> str:
    if not isinstance(value, str) or not 0 < len(value.strip()) <= LONGEST_PROMPT:
        refuse(name, _kind(value), f"Write a text of 1 to {LONGEST_PROMPT:,} characters.")
    return value


def several(read: Reader, most: int) -> Reader:
    """A list of 1 to `most` different values."""

    def read_all(name: str, value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list) or not 0 < len(value) <= most:
            refuse(name, _kind(value), f"Write a list of 1 to {most:,}.")
        found = tuple(read(f"{name}[{at}]", each) for at, each in enumerate(value))
        if len(set(found)) != len(found):
            refuse(name, "the same value twice", "Write each once.")
        return found

    return read_all


def code(name: str, value: Any) -> str:
    """A name of the vendor's, of an open list: lower case, digits, dashes."""
    is_text = isinstance(value, str) and value.isascii() and 0 < len(value) <= _SHOWN * 2
    if not is_text or not value.replace("_", "").replace("-", "").isalnum() or value.isupper():
        refuse(name, _shown(value), "Write a name as the vendor's documents have it.")
    return str(value)


def term(name: str, value: Any) -> str:
    words = value.split() if isinstance(value, str) else []
    if not 0 < len(words) <= LONGEST_WORDING or len(value) > LONGEST_SPELLING:
        refuse(name, _kind(value), f"Write 1 to {LONGEST_WORDING} words, 100 characters.")
    return " ".join(words)


def spelling(name: str, value: Any) -> Spelling:
    fields = _object(name, value, {"from", "to"})
    said = several(term, MOST_SPELLINGS)(f"{name}.from", fields.get("from"))
    spelt = fields.get("to")
    if not isinstance(spelt, str) or len(spelt.split()) != 1 or len(spelt) > LONGEST_SPELLING:
        refuse(f"{name}.to", _kind(spelt), "Write one word, as it is to be spelt.")
    return Spelling(said, spelt)


def fields(readers: Mapping[str, Reader]) -> Reader:
    """An object with any of the names, as (name, value) in their order."""

    def read(name: str, value: Any) -> tuple[tuple[str, Any], ...]:
        given = _object(name, value, set(readers))
        if not given:
            refuse(name, "nothing in it", f"Write one of {', '.join(readers)}, or leave it out.")
        return tuple(
            (each, read_one(f"{name}.{each}", given[each]))
            for each, read_one in readers.items()
            if each in given
        )

    return read


def _object(name: str, value: Any, known: set[str]) -> dict[str, Any]:
    if not isinstance(value, dict):
        refuse(name, _kind(value), "Write an object.")
    for each in value:
        if each not in known:
            refuse(name, f"the name {_shown(each)}", f"Known here: {', '.join(sorted(known))}.")
    return value


def _kind(value: Any) -> str:
    """What it is, without what it says."""
    if isinstance(value, str | list):
        kind = "characters" if isinstance(value, str) else "entries"
        return f"{len(value):,} {kind}"
    return "nothing" if value is None else type(value).__name__


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return repr(value[:_SHOWN])
    return _kind(value) if isinstance(value, list | dict) else repr(value)[:_SHOWN]

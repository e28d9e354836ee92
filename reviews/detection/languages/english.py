"""English: `twelve hundred dollars and fifty cents`, `can't`, `um`, `3rd`."""

import re

from reviews.detection.languages.language import PERCENT, Language, Numerals
from reviews.detection.numerals import DIGITS, REPEATS, SCALES, SMALL, TENS

_ORDINALS = {
    "first": "one",
    "second": "two",
    "third": "three",
    "fifth": "five",
    "eighth": "eight",
    "ninth": "nine",
    "twelfth": "twelve",
    **{
        word + "th": word
        for word in (*SMALL, *SCALES)
        if word not in {"zero", "one", "two", "three", "five", "eight", "nine", "twelve"}
    },
    **{word.removesuffix("y") + "ieth": word for word in TENS},
}
_ORDINAL_WORDS = {
    {**SMALL, **TENS, **SCALES}[cardinal]: word for word, cardinal in _ORDINALS.items()
}
_SUFFIXES = {1: "st", 2: "nd", 3: "rd"}
_WRITTEN = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|\.\d+")
_ORDINAL = re.compile(r"(\d{1,15}|\d{1,3}(?:,\d{3}){1,4})(?:st|nd|rd|th)")
_MONTHS = (
    "january february march april may june july august september october november december "
    "jan feb mar apr jun jul aug sep sept oct nov dec"
)


def ordinal(value: int) -> str:
    """The token of an ordinal: `third` of what is said in one word, else `25th`."""
    is_teen = value // 10 % 10 == 1
    suffix = "th" if is_teen else _SUFFIXES.get(value % 10, "th")
    return _ORDINAL_WORDS.get(value) or f"{value}{suffix}"


def _written(text: str) -> str | None:
    """`1,200.50` as `1200.5`, `3rd` as `third`; leading zeros are kept, they were read out."""
    if found := _ORDINAL.fullmatch(text):
        return ordinal(int(found[1].replace(",", "")))
    if not _WRITTEN.fullmatch(text):
        return None
    plain = text.replace(",", "")
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return "0" + plain if plain.startswith(".") else plain or "0"


ENGLISH = Language(
    code="en",
    fillers=frozenset(["um", "uh", "hmm", "hm", "mhm", "ah", "huh", "er"]),
    contractions={
        "can't": ("can", "not"),
        "cannot": ("can", "not"),
        "won't": ("will", "not"),
        "shan't": ("shall", "not"),
        "i'm": ("i", "am"),
        "ain't": ("ain't",),
    },
    endings=(("n't", "not"), ("'re", "are"), ("'ll", "will"), ("'ve", "have")),
    drops_possessive=True,
    symbols={
        "$": "dollars",
        "£": "pounds",
        "€": "euros",
        "¥": "yen",
        "¢": "cents",
        "%": PERCENT,
    },
    scale_signs={
        "k": "thousand",
        "m": "million",
        "mm": "million",
        "mn": "million",
        "b": "billion",
        "bn": "billion",
    },
    splits_lists=True,
    written=_written,
    numerals=Numerals(
        small=SMALL,
        tens=TENS,
        scales=SCALES,
        digits=DIGITS,
        repeats=REPEATS,
        units={
            "dollar": "dollars",
            "dollars": "dollars",
            "buck": "dollars",
            "bucks": "dollars",
            "pound": "pounds",
            "pounds": "pounds",
            "euro": "euros",
            "euros": "euros",
            "cent": "cents",
            "cents": "cents",
            "pence": "pence",
            "yen": "yen",
        },
        minor={"cents": frozenset({"dollars", "euros"}), "pence": frozenset({"pounds"})},
        percents=((PERCENT,), ("per", "cent")),
        durations={
            word: rank
            for rank, unit in enumerate(
                ("second", "minute", "hour", "day", "week", "month", "year")
            )
            for word in (unit, unit + "s")
        },
        months=frozenset(_MONTHS.split()),
        points=frozenset({"point"}),
        articles=frozenset({"a", "an"}),
        and_words=frozenset({"and"}),
        hundred=frozenset({"hundred"}),
        of_words=frozenset({"of"}),
        the_words=frozenset({"the"}),
        days=frozenset(word for value, word in _ORDINAL_WORDS.items() if value <= 31),
        month_verbs=frozenset({"may", "march"}),
        halves=(("and", "a", "half"),),
        halved=frozenset({"half"}),
        ordinals=_ORDINALS,
        ordinal=ordinal,
        centuries={"nineteen": 19, "twenty": 20},
    ),
)

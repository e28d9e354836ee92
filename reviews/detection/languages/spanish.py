"""Spanish: `doscientos dólares con cincuenta centavos`, `del`, `eh`, `1.200,50`.

`este`, `pues` and `bueno` hesitate, too, but are words; they keep their position. `$` is read as
dollars, not pesos: the sign does not tell. Accents count in words, but number words are known
without them as well.
"""

import re

from reviews.detection.languages.language import PERCENT, Language, Numerals

_ONES = "cero uno dos tres cuatro cinco seis siete ocho nueve"
_TO_TWENTY_NINE = (
    f"{_ONES} diez once doce trece catorce quince dieciséis diecisiete dieciocho diecinueve veinte "
    "veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete veintiocho "
    "veintinueve"
)
_TENS = "treinta cuarenta cincuenta sesenta setenta ochenta noventa"
_HUNDREDS = (
    *("ciento", "doscientos", "trescientos", "cuatrocientos", "quinientos", "seiscientos"),
    *("setecientos", "ochocientos", "novecientos"),
)
_MONTHS = (
    "enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre "
    "diciembre"
)
_TIMES = ("segundo", "minuto", "hora", "día", "semana", "mes", "año")
_BARE = str.maketrans("áéíóú", "aeiou")
_FIGURES = re.compile(r"\d+(?:[.,]\d+)*|[.,]\d+")
_ORDINAL = re.compile(r"(\d{1,2})\.?(er|o|(?<=\.)a)")
_FIRST_TEN = [
    *("primero", "segundo", "tercero", "cuarto", "quinto"),
    *("sexto", "séptimo", "octavo", "noveno", "décimo"),
]
_ORDINALS = {
    "o": dict(enumerate(_FIRST_TEN, 1)),
    "a": {at: word[:-1] + "a" for at, word in enumerate(_FIRST_TEN, 1)},
    "er": {1: "primer", 3: "tercer"},
}
"""By the letters behind a figure. `2a` without a stop may be anything else: a flat, a row."""
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:[.,]\d{3})+")


def _plain(values: dict[str, int]) -> dict[str, int]:
    """The words, and the same written without accents."""
    return values | {word.translate(_BARE): value for word, value in values.items()}


def _written(text: str) -> str | None:
    """Figures by either custom: `1.200,50` and `1,200.50` are 1200.5.

    Where both marks stand the last is the decimal one. One mark alone groups thousands when all
    groups behind it have three digits (`1.200`, `1,200,000`), and is decimal otherwise (`3,5`).
    """
    if found := _ORDINAL.fullmatch(text):
        return _ORDINALS.get(found[2], {}).get(int(found[1]))
    if not _FIGURES.fullmatch(text):
        return None
    marks = [char for char in text if char in ".,"]
    has_fraction = len(set(marks)) == 2 or (len(marks) == 1 and not _GROUPED.fullmatch(text))
    whole, _, fraction = text.rpartition(marks[-1]) if has_fraction else (text, "", "")
    inner = set(whole) & {".", ","}
    if len(inner) > 1 or (inner and not _GROUPED.fullmatch(whole)):
        return None
    digits, shown = re.sub("[.,]", "", whole) or "0", fraction.rstrip("0")
    return f"{digits}.{shown}" if shown else digits


SPANISH = Language(
    code="es",
    fillers=frozenset(["eh", "ehm", "em", "mmm", "hm", "hmm", "mhm", "um", "uh", "ah", "ajá"]),
    contractions={"al": ("a", "el"), "del": ("de", "el")},
    symbols={
        "$": "dólares",
        "£": "libras",
        "€": "euros",
        "¥": "yenes",
        "¢": "centavos",
        "%": PERCENT,
    },
    written=_written,
    numerals=Numerals(
        small=_plain({word: value for value, word in enumerate(_TO_TWENTY_NINE.split())})
        | {"veintiún": 21, "veintiun": 21, "veintiuna": 21, "un": 1, "una": 1},
        tens={word: 30 + 10 * at for at, word in enumerate(_TENS.split())},
        scales={
            "mil": 1_000,
            "millón": 1_000_000,
            "millon": 1_000_000,
            "millones": 1_000_000,
            "billón": 10**12,
            "billon": 10**12,
            "billones": 10**12,
        },
        digits={word: str(value) for value, word in enumerate(_ONES.split())},
        repeats={"doble": 2, "triple": 3},
        hundreds={
            "cien": 100,
            **{word: 100 * (at + 1) for at, word in enumerate(_HUNDREDS)},
            **{word[:-2] + "as": 100 * (at + 2) for at, word in enumerate(_HUNDREDS[1:])},
        },
        units={
            **dict.fromkeys(("dólar", "dólares", "dolar", "dolares"), "dólares"),
            "peso": "pesos",
            "pesos": "pesos",
            "euro": "euros",
            "euros": "euros",
            "libra": "libras",
            "libras": "libras",
            "centavo": "centavos",
            "centavos": "centavos",
            "yenes": "yenes",
            **dict.fromkeys(("céntimo", "céntimos", "centimo", "centimos"), "céntimos"),
        },
        minor={
            "centavos": frozenset({"dólares", "pesos", "euros"}),
            "céntimos": frozenset({"euros"}),
        },
        percents=((PERCENT,), ("porciento",), ("por", "ciento"), ("por", "cien")),
        durations=_plain(
            {
                word: rank
                for rank, unit in enumerate(_TIMES)
                for word in (unit, unit + ("es" if unit == "mes" else "s"))
            }
        ),
        months=frozenset(_MONTHS.split()),
        points=frozenset({"punto", "coma"}),
        articles=frozenset({"un", "una"}),
        and_words=frozenset({"y", "con"}),
        of_words=frozenset({"de"}),
        after_scale=frozenset({"de"}),
        single=frozenset(
            {"dólar", "dolar", "peso", "euro", "libra", "centavo", "céntimo", "centimo"}
        ),
        the_words=frozenset({"el"}),
        days=frozenset({"primero"}),
        halves=(("y", "medio"), ("y", "media")),
        tens_joint="y",
        bare_thousand="mil",
    ),
)

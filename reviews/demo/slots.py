"""Made-up values for the slots of a call: test card numbers, 555-01 phones, never-issued SSNs."""

from random import Random


def _list(words: str) -> tuple[str, ...]:
    return tuple(words.split())


_FIRST = _list("Maya Owen Priyanka Luis Hannah Tomas Grace Amir Joan Felix Nadia Peter")
_LAST = _list("Okafor Lindqvist Barros Whitfield Nakamura Delaney Ferreira Holloway Sato Brandt")
_AGENTS = _list("Morgan Casey Jamie Robin Taylor Alexis Jordan Quinn")
_MONTHS = _list("January February March April May June July August September")
_DAYS = _list("second fourth seventh ninth eleventh fourteenth seventeenth twentieth")
# Published by card networks for testing; no account is behind them.
_CARDS = ("4242424242424242", "4111111111111111", "5555555555554444", "5105105105105100")
_DIGITS = _list("oh one two three four five six seven eight nine")
_TENS = _list("ten twenty thirty forty fifty sixty seventy eighty ninety")
_TEENS = _list("ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen")
AGENTS = len(_AGENTS)


def values(rng: Random, *, agent: int) -> dict[str, str]:
    """One value per slot; `agent` (0 to AGENTS - 1) says who took the call."""
    card = rng.choice(_CARDS)
    return {
        "name": f"{rng.choice(_FIRST)} {rng.choice(_LAST)}",
        "agent": _AGENTS[agent],
        "phone": f"{rng.choice(('202', '312', '415', '617'))}-555-01{rng.randrange(100):02}",
        "reference": f"R{rng.randrange(10_000, 100_000)}",
        "amount": f"${rng.randrange(120, 9_800):,}.{rng.choice((0, 25, 50, 80)):02}",
        "date": f"{rng.choice(_MONTHS)} {rng.choice(_DAYS)}",
        "ssn": _social(rng),
        "cvv": _digits(f"{rng.randrange(100, 1000)}"),
        **{f"card{at + 1}": _group(rng, card[4 * at : 4 * at + 4]) for at in range(4)},
    }


def _social(rng: Random) -> str:
    serial = f"43{rng.randrange(20, 30)}"
    return f"nine eight seven, six five, {_digits(serial)}"


def _group(rng: Random, four: str) -> str:
    """Four digits as people read them: one by one, in pairs, doubled, or as the vendor writes."""
    return rng.choice((_digits, _digits, _pairs, _doubled, str))(four)


def _digits(digits: str) -> str:
    return " ".join(_DIGITS[int(digit)] for digit in digits)


def _pairs(digits: str) -> str:
    return " ".join(_pair(digits[at : at + 2]) for at in range(0, len(digits), 2))


def _pair(pair: str) -> str:
    tens, unit = int(pair[0]), int(pair[1])
    if tens == 0:
        return _digits(pair)
    if tens == 1:
        return _TEENS[unit]
    return _TENS[tens - 1] + (f" {_DIGITS[unit]}" if unit else "")


def _doubled(digits: str) -> str:
    said, at = [], 0
    while at < len(digits):
        is_double = digits[at : at + 2] == digits[at] * 2
        said.append(("double " if is_double else "") + _DIGITS[int(digits[at])])
        at += 2 if is_double else 1
    return " ".join(said)

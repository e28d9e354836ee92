"""Sentences of our own with made-up values, written and as they are said: seeded, any number."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from bench.pii.data import Text, Value

Make = Callable[[Random], str]


def _words(text: str) -> list[str]:
    return text.split()


_DIGITS = _words("zero one two three four five six seven eight nine")
_TEENS = [
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = _words("twenty thirty forty fifty sixty seventy eighty ninety")
_ALPHABET = [
    "alpha",
    "bravo",
    "charlie",
    "delta",
    "echo",
    "foxtrot",
    "golf",
    "hotel",
    "india",
    "juliet",
    "kilo",
    "lima",
    "mike",
    "november",
    "oscar",
    "papa",
    "quebec",
    "romeo",
    "sierra",
    "tango",
    "uniform",
    "victor",
    "whiskey",
    "xray",
    "yankee",
    "zulu",
]
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_ORDINALS = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
]
_FIRST = [
    "Marta",
    "Dwight",
    "Priya",
    "Tomasz",
    "Oluwaseun",
    "Hiroko",
    "Felicia",
    "Sergei",
    "Anneke",
    "Gavin",
    "Lucía",
]
_LAST = [
    "Brandvold",
    "Okonkwo",
    "Tanaka",
    "Lindqvist",
    "Moreau",
    "Castellano",
    "Whitfield",
    "Petrenko",
    "Abbott",
]
_STREETS = _words("Alder Kestrel Foundry Harbour Linden Quarry Sycamore Windmill")
_TYPES = _words("Street Avenue Road Drive Lane Court")
_HOSTS = _words("quillmark fernbank tallow greyfen oxbow larkfield")


@dataclass(frozen=True, slots=True)
class Kind:
    name: str
    make: Make
    """A value as it is written."""
    say: Callable[[str, Random], str]
    sentences: tuple[str, ...]
    """With {} for the value."""


def texts(kinds: Sequence[Kind], *, each: int, seed: int, is_spoken: bool) -> list[Text]:
    """`each` sentences of every kind; spoken ones in lower case, without any mark."""
    random = Random(f"{seed}|{is_spoken}")  # noqa: S311 # sentences, no secrets
    return [_text(kind, at, random, is_spoken=is_spoken) for kind in kinds for at in range(each)]


def _text(kind: Kind, at: int, random: Random, *, is_spoken: bool) -> Text:
    written = kind.make(random)
    value = kind.say(written, random) if is_spoken else written
    before, after = kind.sentences[at % len(kind.sentences)].split("{}")
    if is_spoken:
        before, after, value = _bare(before), _bare(after), value.lower()
    text = f"{before}{value}{after}"
    return Text(text, (Value(kind.name, len(before), len(before) + len(value)),))


def _bare(text: str) -> str:
    return "".join(char for char in text.lower() if char not in ".,?!")


# Values


def _number(random: Random, size: int, first: str = "123456789") -> str:
    return random.choice(first) + "".join(random.choices("0123456789", k=size - 1))


def _checked(make: Callable[[str], bool], draw: Make) -> Make:
    """Values drawn again until the check holds."""

    def drawn(random: Random) -> str:
        while not make(value := draw(random)):
            pass
        return value

    return drawn


def _luhn(digits: str) -> bool:
    total = 0
    for at, char in enumerate(reversed(digits)):
        value = int(char) * (1 + at % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _card(random: Random) -> str:
    digits = _checked(_luhn, lambda r: _number(r, 16, "4"))(random)
    return random.choice((digits, " ".join(digits[at : at + 4] for at in range(0, 16, 4))))


def _social(random: Random) -> str:
    area, group, serial = random.randint(100, 665), random.randint(10, 99), _number(random, 4)
    return random.choice((f"{area}-{group}-{serial}", f"{area} {group} {serial}"))


def _phone(random: Random) -> str:
    area, exchange, line = (_number(random, size, "23456789") for size in (3, 3, 4))
    forms = (f"{area}-{exchange}-{line}", f"({area}) {exchange}-{line}", f"{area}{exchange}{line}")
    return random.choice(forms)


def _mail(random: Random) -> str:
    name = f"{random.choice(_FIRST)}.{random.choice(_LAST)}".lower().replace("í", "i")
    return f"{name}@{random.choice(_HOSTS)}.{random.choice(('com', 'org', 'net'))}"


def _iban(random: Random) -> str:
    bank = "".join(random.choices("ABCDEFGHJKLMNPRSTVWX", k=4)) + _number(random, 14)
    rest = int("".join(str(int(char, 36)) for char in f"{bank}GB00")) % 97
    return f"GB{98 - rest:02}{bank}"


def _routing(random: Random) -> str:
    def is_valid(digits: str) -> bool:
        return sum(int(d) * w for d, w in zip(digits, (3, 7, 1) * 3, strict=True)) % 10 == 0

    return _checked(is_valid, lambda r: "0" + _number(r, 8))(random)


def _birth(random: Random) -> str:
    return f"{random.randint(1, 12)}/{random.randint(1, 28)}/{random.randint(1940, 2005)}"


def _medicare(random: Random) -> str:
    letters = "ACDEFGHJKMNPQRTUVWXY"
    made = [random.choice(letters if each == "A" else "123456789") for each in "9A99A99AA99"]
    return "".join(made)


def _insured(random: Random) -> str:
    letters = random.choice("ABCEHJ") + random.choice("ABCEH")
    return letters + _number(random, 6) + random.choice("ABCD")


def _name(random: Random) -> str:
    return f"{random.choice(_FIRST)} {random.choice(_LAST)}"


def _street(random: Random) -> str:
    return f"{random.randint(11, 989)} {random.choice(_STREETS)} {random.choice(_TYPES)}"


def _site(random: Random) -> str:
    return f"www.{random.choice(_HOSTS)}.{random.choice(('com', 'org'))}"


# Speech


def digit_by_digit(written: str, random: Random) -> str:
    """Letters and digits, one after the other: `oh` and `double` at times, and a filler."""
    chars = [char for char in written.lower() if char.isalnum()]
    said: list[str] = []
    at = 0
    while at < len(chars):
        char, follows = chars[at], chars[at + 1 : at + 2] == chars[at : at + 1]
        if follows and char.isdigit() and random.random() < 0.4:
            said += ["double", _DIGITS[int(char)]]
            at += 2
            continue
        said.append(_one(char, random))
        at += 1
        if random.random() < 0.04:
            said.append(random.choice(("uh", "um", "okay")))
    return " ".join(said)


def _one(char: str, random: Random) -> str:
    if char == "0":
        return random.choice(("zero", "oh"))
    if char.isdigit():
        return _DIGITS[int(char)]
    word = _ALPHABET[ord(char) - 97]
    return random.choice((char, char, char, f"{char} as in {word}"))


def in_pairs(written: str, random: Random) -> str:
    """Two digits at a time where that can be said: `forty two`."""
    digits = [char for char in written if char.isdigit()]
    said: list[str] = []
    at = 0
    while at < len(digits):
        pair = "".join(digits[at : at + 2])
        is_clear = pair[-1] != "0" or len(digits) - at == 2  # "twenty five" is 25, never 20, 5
        if len(pair) == 2 and pair[0] != "0" and is_clear and random.random() < 0.7:
            said.append(_below_hundred(int(pair)))
            at += 2
        else:
            said.append(_one(digits[at], random))
            at += 1
    return " ".join(said)


def _below_hundred(value: int) -> str:
    if value < 20:
        return (_DIGITS + _TEENS)[value]
    return _TENS[value // 10 - 2] + (f" {_DIGITS[value % 10]}" if value % 10 else "")


def _either(written: str, random: Random) -> str:
    return random.choice((digit_by_digit, digit_by_digit, in_pairs))(written, random)


def _spoken_mail(written: str, _: Random) -> str:
    return written.replace("@", " at ").replace(".", " dot ")


def _spoken_date(written: str, _: Random) -> str:
    month, day, year = map(int, written.split("/"))
    said_day = _ORDINALS[day - 1] if day <= 20 else f"twenty {_ORDINALS[day - 21]}"
    rest = year % 100
    said = "oh " + _DIGITS[rest] if 0 < rest < 10 else _below_hundred(rest) if rest else "hundred"
    century = "nineteen" if year < 2000 else "twenty"
    said_year = (
        f"two thousand {_DIGITS[rest] if rest else ''}" if year >= 2000 else f"{century} {said}"
    )
    return f"{_MONTHS[month - 1]} {said_day} {said_year}".strip()


def _spoken_street(written: str, random: Random) -> str:
    number, _, rest = written.partition(" ")
    return f"{in_pairs(number, random)} {rest}"


def _same(written: str, _: Random) -> str:
    return written


KINDS: Sequence[Kind] = (
    Kind("CREDIT_CARD", _card, _either, (
        "Sure, you can put it on {} if that works.",
        "The Visa I use most is {}, I think.",
        "I gave the other lady {} an hour ago.",
        "Would {} go through on your end?",
    )),
    Kind("US_SSN", _social, _either, (
        "For the social I have {} in front of me.",
        "And my social security is {}, okay?",
        "They had my SSN down as {} which is mine.",
    )),
    Kind("PHONE_NUMBER", _phone, _either, (
        "If we get cut off my cell is {}.",
        "Best way to reach me is {} after six.",
        "You can text {} any time.",
        "The number on file should be {}, right?",
        "It's {}, area code first.",
    )),
    Kind("EMAIL_ADDRESS", _mail, _spoken_mail, (
        "Would you send the form to {} for me?",
        "I signed up with {} last spring.",
        "It should be {}, all lower case.",
    )),
    Kind("IBAN_CODE", _iban, digit_by_digit, (
        "Please wire it to {} by Friday.",
        "The IBAN on the invoice reads {}.",
    )),
    Kind("ABA_ROUTING_NUMBER", _routing, digit_by_digit, (
        "On the check the routing number says {}.",
        "For direct deposit the routing is {}.",
    )),
    Kind("ACCOUNT", lambda r: _number(r, 10), digit_by_digit, (
        "Take it out of checking account {} please.",
        "The account I'm asking about is {}.",
    )),
    Kind("US_DRIVER_LICENSE", lambda r: random_letter(r) + _number(r, 7), digit_by_digit, (
        "My license says {} on the front.",
        "The driver's license they scanned was {}.",
    )),
    Kind("US_PASSPORT", lambda r: _number(r, 9), digit_by_digit, (
        "I'm reading it off my passport, {}.",
        "The passport number would be {}.",
    )),
    Kind("US_MBI", _medicare, digit_by_digit, (
        "On my red, white and blue Medicare card it's {}.",
        "Mom's Medicare ID is {}.",
    )),
    Kind("UK_NINO", _insured, digit_by_digit, (
        "My national insurance number, that's {}.",
        "It's on the payslip, national insurance {}.",
    )),
    Kind("ZIP_CODE", lambda r: _number(r, 5), digit_by_digit, (
        "We moved, so the zip code is now {}.",
        "Billing zip would be {}.",
    )),
    Kind("DATE_TIME", _birth, _spoken_date, (
        "My date of birth, {}.",
        "She was born on {} in Ohio.",
    )),
    Kind("DOMAIN_NAME", _site, lambda written, _: written.replace(".", " dot "), (
        "I found you through {} last night.",
        "The page was {} or so it said.",
    )),
    Kind("PERSON", _name, _same, (
        "Hi there, my name is {} and I got a letter.",
        "This is {} calling about the roof.",
        "Could I speak with {} in billing?",
        "I was helped by {} yesterday.",
    )),
    Kind("STREET_ADDRESS", _street, _spoken_street, (
        "Ship it to {} like last time.",
        "I've been living at {} since March.",
    )),
)  # fmt: skip


def random_letter(random: Random) -> str:
    return random.choice("BCDEFGHJKLMNPRSTVWXYZ")

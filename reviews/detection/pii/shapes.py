"""Identifiers by their written shape: letters and digits in the order that a scheme prescribes."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address

from reviews.detection.pii import checksums
from reviews.detection.pii.axis import Axis
from reviews.detection.pii.context import Context
from reviews.detection.pii.lexicon import lexicon, named_with
from reviews.detection.pii.span import Span

Check = Callable[[str], bool]
_SEPARATORS = str.maketrans("", "", " -.")


def _any(_: str) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Shape:
    """`score` of a value that stands alone, `named` where a word of `cues` is near."""

    entity: str
    pattern: re.Pattern[str]
    score: float
    named: float
    cues: frozenset[str]
    check: Check = _any
    """Of the value without blanks, hyphens and stops."""


def _shape(
    entity: str, pattern: str, score: float, named: float, cues: str, check: Check = _any
) -> Shape:
    bounded = re.compile(rf"(?<![\w&]){pattern}(?![\w&])", re.IGNORECASE)
    return Shape(entity, bounded, score, named, named_with(cues), check)


def _is_nino(text: str) -> bool:
    return text[:2].upper() not in {"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"}


def _is_mac(text: str) -> bool:
    return len(set(text.replace(":", "").lower())) > 1


_AREAS = lexicon("""
AB AL B BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH
EN EX FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M
ME MK ML N NE NG NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST
SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR WS WV YO ZE
""")


def _is_postcode(text: str) -> bool:
    return text[: 2 if text[1].isalpha() else 1].upper() in _AREAS


_MBI_LETTER = "[AC-HJKMNP-RT-Y]"
_MBI_EITHER = "[AC-HJKMNP-RT-Y0-9]"
_OUTWARD = "(?:GIR|[A-PR-UWYZ](?:[0-9][0-9A-HJKPSTUW]?|[A-HK-Y][0-9][0-9ABEHMNPRVWXY]?))"
_PLATE_AREA = "[A-HJ-PR-Y]"
_PLATE_LETTER = "[A-HJ-PR-Z]"
_PLATE_YEAR = "(?:0[2-9]|[12]\\d|5[1-9]|[67]\\d)"
_VEHICLE = "plate plates registration reg vehicle car van tag license licence vin chassis"
_AT_HOME = "postcode post code address live lives road street flat"
MIXED = (
    _shape("us_mbi", rf"[1-9]{_MBI_LETTER}{_MBI_EITHER}\d-{_MBI_LETTER}{_MBI_EITHER}\d-"
           rf"{_MBI_LETTER}{{2}}\d\d", 0.6, 0.95, "medicare mbi beneficiary member"),
    _shape("us_mbi", rf"[1-9]{_MBI_LETTER}{_MBI_EITHER}\d{_MBI_LETTER}{_MBI_EITHER}\d"
           rf"{_MBI_LETTER}{{2}}\d\d", 0.5, 0.95, "medicare mbi beneficiary member"),
    _shape("us_dea_number", r"[A-HJ-NPR-UX][A-Z9]\d{7}", 0.6, 0.95,
           "dea prescriber certificate registration", checksums.is_dea),
    _shape("uk_nino", r"(?![DFIQUV])[A-Z](?![DFIOQUV])[A-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]",
           0.6, 0.95, "insurance nino national ni", _is_nino),
    _shape("drivers_license", r"[A-Z9]{5}\d(?:0[1-9]|1[0-2]|5[1-9]|6[0-2])"
           r"(?:0[1-9]|[12]\d|3[01])\d[A-Z9]{2}[A-Z0-9][A-Z]{2}", 0.6, 0.95,
           "licence license driving driver driver's"),
    _shape("vehicle_id", r"[A-HJ-NPR-Z0-9]{17}", 0.85, 0.95, _VEHICLE, checksums.is_vin),
    _shape("vehicle_id", rf"{_PLATE_AREA}{{2}}{_PLATE_YEAR}[ -]?{_PLATE_LETTER}{{3}}", 0.6, 0.9,
           _VEHICLE),
    _shape("vehicle_id", r"[A-HJ-NPR-Y](?!0)\d{1,3} ?[A-HJ-NPR-Z]{3}", 0.2, 0.8, _VEHICLE),
    _shape("vehicle_id", r"[A-HJ-NPR-Z]{3} ?(?!0)\d{1,3}[A-HJ-NPR-Y]", 0.2, 0.8, _VEHICLE),
    _shape("uk_postcode", rf"(?-i:{_OUTWARD} \d[ABD-HJLNP-UW-Z]{{2}})", 0.55, 0.85, _AT_HOME,
           _is_postcode),
    _shape("uk_postcode", rf"{_OUTWARD} ?\d[ABD-HJLNP-UW-Z]{{2}}", 0.45, 0.85,
           _AT_HOME),
    _shape("passport_number", r"[A-Z]{2}\d{7}", 0.2, 0.9, "passport passports travel"),
    _shape("passport_number", r"[A-Z]\d{8}", 0.2, 0.9, "passport passports travel"),
    _shape("drivers_license", r"[A-Z]\d{8}", 0.3, 0.9, "license licence driver driver's"),
)  # fmt: skip
NAMED = (
    _shape("vehicle_id", r"(?-i:[A-Z]{2,3})[ -]?\d{3,4}", 0.2, 0.8,
           "plate plates registration tag"),
    _shape("healthcare_number", r"(?-i:[A-Z]{3}) ?\d{3} ?\d{3} ?\d{3}", 0.2, 0.85,
           "member insurance subscriber health"),
)  # fmt: skip
"""So common a shape that only a word beside it makes it one of these."""
_NAMING = frozenset().union(*(shape.cues for shape in NAMED))
COINS = (
    Shape("crypto_address", re.compile(r"(?<!\w)[13][1-9A-HJ-NP-Za-km-z]{25,34}(?!\w)"), 0.95,
          0.95, frozenset(), checksums.is_base58),
    Shape("crypto_address",
          re.compile(r"(?<!\w)bc1[ac-hj-np-z02-9]{8,87}(?!\w)", re.IGNORECASE), 0.95, 0.95,
          frozenset(), checksums.is_bech32),
)  # fmt: skip
_MAC = _shape(
    "mac_address",
    r"(?:[0-9A-F]{2}(?::[0-9A-F]{2}){5}|[0-9A-F]{2}(?:-[0-9A-F]{2}){5}|[0-9A-F]{4}(?:\.[0-9A-F]{4}){2})",
    0.85, 0.95, "mac address hardware ethernet device", _is_mac,
)  # fmt: skip
_MAC_CUES = lexicon("mac macs hardware ethernet physical device")
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?=[ -]?[A-Z0-9])", re.IGNORECASE)
_V4 = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?:/\d{1,2})?(?![\w]|\.\d)")
_V6 = re.compile(
    r"(?<![\w:.])[0-9A-F]{0,4}:[0-9A-F:]*:[0-9A-F.]*(?:%\w+)?(?:/\d{1,3})?(?![\w:])", re.IGNORECASE
)
_HAS_MIX = re.compile(r"[A-Za-z]-?\d|\d-?[A-Za-z]|[A-Za-z]{2} \d\d ?\d\d ?\d\d")
"""Every mixed shape has a letter beside a digit, or two letters and six digits."""


def shapes(axis: Axis, context: Context) -> Iterator[Span]:
    """Every value that is written as its scheme prescribes, however likely."""
    text, is_named = axis.text, not axis.vocabulary.isdisjoint(_NAMING)
    for low, high in axis.figures():
        part = text[low:high]
        if is_named:
            yield from _of(NAMED, axis, low, high, context)
        if _HAS_MIX.search(part):
            yield from _of(MIXED, axis, low, high, context)
            yield from _ibans(text, low, high)
            if len(part) > 25:
                yield from _of(COINS, axis, low, high, context)
        if part.count(".") > 2:
            yield from _addresses(_V4, IPv4Address, text, low, high)
    if text.count(":") > 4 or not axis.vocabulary.isdisjoint(_MAC_CUES):
        yield from _of((_MAC,), axis, 0, len(text), context)
    if "::" in text or text.count(":") > 2:
        yield from _addresses(_V6, IPv6Address, text, 0, len(text))


def _of(
    table: tuple[Shape, ...], axis: Axis, low: int, high: int, context: Context
) -> Iterator[Span]:
    for shape in table:
        for found in shape.pattern.finditer(axis.text, low, high):
            if shape.check(found[0].translate(_SEPARATORS)):
                is_named = context.is_near(found.start(), found.end(), shape.cues)
                score = shape.named if is_named else shape.score
                yield Span(found.start(), found.end(), shape.entity, score, "written")


def _ibans(text: str, low: int, high: int) -> Iterator[Span]:
    for found in _IBAN.finditer(text, low, high):
        end = _iban_end(text, found.start())
        if end:
            yield Span(found.start(), end, "iban", 0.95, "written")


def _iban_end(text: str, start: int) -> int:
    """Behind as many characters as the country's numbers have; 0 where they are none."""
    wanted, taken, at = checksums.iban_length(text[start : start + 2]), "", start
    while at < len(text) and len(taken) < wanted and (text[at].isalnum() or text[at] in " -"):
        taken += text[at] if text[at].isalnum() else ""
        at += 1
    is_whole = at == len(text) or not text[at].isalnum()
    return at if wanted and is_whole and checksums.is_iban(taken) else 0


def _addresses(
    pattern: re.Pattern[str],
    kind: type[IPv4Address] | type[IPv6Address],
    text: str,
    low: int,
    high: int,
) -> Iterator[Span]:
    for found in pattern.finditer(text, low, high):
        whole = found[0].rstrip(".")
        bare = whole.partition("/")[0].partition("%")[0]
        try:
            kind(bare)
        except AddressValueError:
            continue
        yield Span(
            found.start(),
            found.start() + len(whole),
            "ip_address",
            0.9 if len(bare) > 2 else 0.2,
            "written",
        )

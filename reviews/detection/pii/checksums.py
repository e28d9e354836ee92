"""Check digits of published numbering schemes. Every function takes the bare characters."""

from hashlib import sha256

_IBAN_COUNTRIES = {
    15: "NO",
    16: "BE",
    18: "DK FK FI FO GL NL SD",
    19: "MK SI",
    20: "AT BA EE KZ LT LU XK MN",
    21: "CH HR LI LV",
    22: "BG BH CR DE GB GE IE ME RS VA",
    23: "AE GI IL IQ OM SO TL",
    24: "AD CZ ES MD PK RO SA SE SK TN VG",
    25: "AO CV LY MZ PT ST",
    26: "IR IS TR",
    27: "BI DJ FR GR IT MC MR SM",
    28: "AL AZ BY CM CY DO GT HU LB NI PL SV",
    29: "BR EG PS QA UA",
    30: "JO KW MU YE",
    31: "MT SC",
    32: "LC",
    33: "RU",
}
"""Characters of an account number → the countries that use so many, by ISO 13616's registry."""
_IBAN_LENGTHS = {
    country: length for length, named in _IBAN_COUNTRIES.items() for country in named.split()
}
_NEVER_ISSUED = frozenset({"078051120"})
"""Printed on a specimen card."""
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_BECH32_STEPS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_BECH32_ENDS = frozenset({1, 0x2BC830A3})
"""BIP 173, and BIP 350 for the newer addresses."""
_VIN_VALUES = {
    **{str(digit): digit for digit in range(10)},
    **dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", map(int, "12345678123457923456789"), strict=True)),
}
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def is_luhn(digits: str) -> bool:
    plain = sum(int(digit) for digit in digits[::-2])
    doubled = sum(sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (plain + doubled) % 10 == 0


def iban_length(country: str) -> int:
    """0 of what is no country of the registry."""
    return _IBAN_LENGTHS.get(country.upper(), 0)


def is_iban(text: str) -> bool:
    """Length of its country and ISO 7064 mod 97."""
    if len(text) != iban_length(text[:2]) or not text.isascii() or not text.isalnum():
        return False
    if text != text.upper() and text != text.lower():
        return False
    return int("".join(str(int(char, 36)) for char in text[4:] + text[:4])) % 97 == 1


def is_routing(digits: str) -> bool:
    """A US bank's nine digits: the ranges that are in use, and weights 3, 7, 1."""
    prefix = int(digits[:2])
    is_used = prefix <= 12 or 21 <= prefix <= 32 or 61 <= prefix <= 72 or prefix == 80
    weighed = sum(int(digit) * weight for digit, weight in zip(digits, (3, 7, 1) * 3, strict=True))
    return is_used and weighed % 10 == 0 and len(set(digits)) > 1


def is_itin(digits: str) -> bool:
    """A US taxpayer's nine digits: 9, and a group that is given out."""
    group = int(digits[3:5])
    return (
        digits[0] == "9"
        and (50 <= group <= 65 or 70 <= group <= 88 or 90 <= group <= 99)
        and group != 93
    )


def is_social(digits: str) -> bool:
    """A US social security number's nine digits: area, group and serial that are given out."""
    area, group, serial = digits[:3], digits[3:5], digits[5:]
    is_area = area not in ("000", "666") and area < "900"
    return is_area and group != "00" and serial != "0000" and digits not in _NEVER_ISSUED


def is_npi(digits: str) -> bool:
    """A US provider's ten digits: Luhn behind 80840."""
    return digits[0] in "12" and len(set(digits)) > 2 and is_luhn("80840" + digits)


def is_nhs(digits: str) -> bool:
    """The ten digits of the UK's health service: weights 10 to 2, mod 11."""
    rest = sum(int(digit) * (10 - at) for at, digit in enumerate(digits[:9])) % 11
    return len(set(digits)) > 1 and (11 - rest) % 11 == int(digits[9])


def is_dea(text: str) -> bool:
    """A US prescriber's two characters and seven digits."""
    digits = [int(char) for char in text[2:]]
    return (sum(digits[0:6:2]) + 2 * sum(digits[1:6:2])) % 10 == digits[6]


def is_vin(text: str) -> bool:
    """A vehicle's 17 characters with the check digit of North America."""
    weighed = zip(text.upper(), _VIN_WEIGHTS, strict=True)
    rest = sum(_VIN_VALUES[char] * weight for char, weight in weighed) % 11
    return text[8].upper() == ("X" if rest == 10 else str(rest))


def is_base58(text: str) -> bool:
    """Base58 with four bytes of a double SHA-256 behind 21 others: a coin's older address."""
    number = 0
    for char in text:
        number = number * 58 + _BASE58.index(char)
    if number >= 1 << 200:
        return False
    payload = number.to_bytes(25, "big")
    return sha256(sha256(payload[:-4]).digest()).digest()[:4] == payload[-4:]


def is_bech32(text: str) -> bool:
    """`bc1…`: the newer address, with its six check characters."""
    low = text.lower()
    if low != text and text.upper() != text:
        return False
    values = [3, 3, 0, 2, 3]  # the prefix bc, spread as the scheme has it
    state = 1
    for value in [*values, *(_BECH32.index(char) for char in low[3:])]:
        top = state >> 25
        state = (state & 0x1FFFFFF) << 5 ^ value
        for at, step in enumerate(_BECH32_STEPS):
            state ^= step if top >> at & 1 else 0
    return state in _BECH32_ENDS

"""Ids in addresses: a UUID in 22 letters and digits."""

from uuid import UUID

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_LENGTH = 22


class ShortId:
    """A path converter: UUID ↔ base 62, always of the same length."""

    regex = rf"[0-9A-Za-z]{{{_LENGTH}}}"

    def to_python(self, value: str) -> UUID:
        number = 0
        for digit in value:
            number = number * len(_DIGITS) + _DIGITS.index(digit)
        return UUID(int=number)  # ValueError beyond 128 bits: no such address

    def to_url(self, value: UUID) -> str:
        number, digits = value.int, ""
        for _ in range(_LENGTH):
            number, digit = divmod(number, len(_DIGITS))
            digits = _DIGITS[digit] + digits
        return digits

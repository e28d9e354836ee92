"""What a detector answers: where a value stands, what it is and how sure that is."""

from dataclasses import dataclass
from typing import Literal

CARD = "credit_card_number"
CARD_CODE = "credit_card_cvv"
PIN = "password"
"""AssemblyAI's policy `password` covers PINs."""
SOCIAL = "us_social_security_number"
EMAIL = "email_address"
PHONE = "phone_number"

Method = Literal["written", "spoken"]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A value in a text: characters `start` to `end` (exclusive), `score` 0..1."""

    start: int
    end: int
    entity: str
    score: float
    method: Method

"""What a detector answers: where a value stands, what it is and how sure that is."""

from dataclasses import dataclass
from typing import Literal

from reviews.detection.evidence import Mark

CARD = "credit_card_number"
CARD_CODE = "credit_card_cvv"
PIN = "password"
"""AssemblyAI's policy `password` covers PINs."""
SOCIAL = "us_social_security_number"
EMAIL = "email_address"
PHONE = "phone_number"
ACCOUNT = "account_number"
ROUTING = "us_bank_routing_number"
LICENCE = "drivers_license"
PASSPORT = "passport_number"
HEALTH = "healthcare_number"
NPI = "us_npi"
NHS = "uk_nhs_number"
TAXPAYER = "us_itin"
POSTAL = "zip_code"
DATE = "date"
BIRTH = "date_of_birth"
EXPIRY = "credit_card_expiration"
AGE = "person_age"
MONEY = "money_amount"
PERSON = "person_name"
ADDRESS = "street_address"
URL = "url"
IP = "ip_address"
VEHICLE = "vehicle_id"
PARTIAL = "_partial"
"""Behind a kind: some of its digits, such as the last four."""
LIKELY = 0.5
"""The score from which a value counts where nobody says otherwise."""
OPEN_KINDS = frozenset({DATE, MONEY, URL}) | frozenset(
    (
        *("date_interval", "duration", "event", "filename", "language", "number_sequence"),
        *("occupation", "organization", "statistics", "time"),
    )
)
"""They name nobody by themselves: shown unless a rule asks for them."""

Method = Literal["written", "spoken", "mask", "vendor"]
"""How a value was found: in figures or words, by us; masked, or named, by the source."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A value in a text: characters `start` to `end` (exclusive), `score` 0..1."""

    start: int
    end: int
    entity: str
    score: float
    method: Method

    @property
    def is_hidden(self) -> bool:
        return is_hidden(self.entity, self.score)


@dataclass(frozen=True, slots=True)
class CallSpan:
    """A value said in a call; `parts` are its words by utterance, in order, never empty."""

    entity: str
    score: float
    method: Method
    parts: tuple[Mark, ...]


def is_hidden(entity: str, score: float) -> bool:
    """Whether a value of this kind and score is left out of what people are shown."""
    return score >= LIKELY and entity not in OPEN_KINDS

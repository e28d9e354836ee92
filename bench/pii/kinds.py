"""What the corpora, the peers and this product call the same thing."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Names:
    """`ours` and `presidio` are the names of one kind; a value may bear any of them."""

    ours: frozenset[str]
    presidio: frozenset[str]


def _names(ours: str, presidio: str) -> Names:
    return Names(frozenset(ours.split()), frozenset(presidio.split()))


KINDS: Mapping[str, Names] = {
    "CREDIT_CARD": _names("credit_card_number", "CREDIT_CARD"),
    "US_SSN": _names("us_social_security_number us_social_security_number_partial", "US_SSN"),
    "PHONE_NUMBER": _names("phone_number", "PHONE_NUMBER"),
    "EMAIL_ADDRESS": _names("email_address", "EMAIL_ADDRESS"),
    "IBAN_CODE": _names("iban", "IBAN_CODE"),
    "US_DRIVER_LICENSE": _names("drivers_license", "US_DRIVER_LICENSE"),
    "UK_DRIVING_LICENCE": _names("drivers_license", "UK_DRIVING_LICENCE"),
    "DOMAIN_NAME": _names("url", "URL"),
    "URL": _names("url", "URL"),
    "IP_ADDRESS": _names("ip_address", "IP_ADDRESS"),
    "MAC_ADDRESS": _names("mac_address", "MAC_ADDRESS"),
    "CRYPTO": _names("crypto_address", "CRYPTO"),
    "ABA_ROUTING_NUMBER": _names("us_bank_routing_number", "ABA_ROUTING_NUMBER"),
    "US_BANK_NUMBER": _names("account_number account_number_partial", "US_BANK_NUMBER"),
    "US_ITIN": _names("us_itin", "US_ITIN"),
    "US_PASSPORT": _names("passport_number", "US_PASSPORT"),
    "UK_PASSPORT": _names("passport_number", "UK_PASSPORT"),
    "US_MBI": _names("us_mbi", "US_MBI"),
    "US_NPI": _names("us_npi", "US_NPI"),
    "MEDICAL_LICENSE": _names("us_dea_number", "MEDICAL_LICENSE"),
    "UK_NHS": _names("uk_nhs_number", "UK_NHS"),
    "UK_NINO": _names("uk_nino", "UK_NINO"),
    "UK_POSTCODE": _names("uk_postcode", "UK_POSTCODE"),
    "UK_VEHICLE_REGISTRATION": _names("vehicle_id", "UK_VEHICLE_REGISTRATION"),
    "ZIP_CODE": _names("zip_code uk_postcode", "US_ZIP_CODE"),
    "STREET_ADDRESS": _names("street_address", "STREET_ADDRESS"),
    "AGE": _names("person_age", "AGE"),
    "DATE_TIME": _names("date date_of_birth", "DATE_TIME"),
    "PERSON": _names("person_name", "PERSON"),
    "ACCOUNT": _names("account_number account_number_partial", "US_BANK_NUMBER"),
    "PASSWORD": _names("password", "PASSWORD"),
}
STRUCTURED = (
    *("CREDIT_CARD", "US_SSN", "PHONE_NUMBER", "EMAIL_ADDRESS", "IBAN_CODE"),
    *("US_DRIVER_LICENSE", "DOMAIN_NAME", "IP_ADDRESS", "ZIP_CODE", "AGE"),
)

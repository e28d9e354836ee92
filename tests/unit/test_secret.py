import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from reviews.models.secret import SecretUnreadable, reseal, seal, unseal


def test_a_sealed_secret_opens_with_a_later_key_list(settings: Settings) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.FIELD_KEYS = [old]
    sealed = seal("vendor-key")
    assert b"vendor-key" not in sealed
    settings.FIELD_KEYS = [new, old]
    moved = reseal(sealed)
    settings.FIELD_KEYS = [new]
    assert unseal(moved) == "vendor-key"
    with pytest.raises(SecretUnreadable):
        unseal(sealed)


@pytest.mark.parametrize("keys", [[], ["not a key"]])
def test_a_wrong_key_list_is_said(keys: list[str], settings: Settings) -> None:
    settings.FIELD_KEYS = keys
    with pytest.raises(ImproperlyConfigured, match="FIELD_KEYS"):
        seal("x")

"""Keys that are no characters, changed in the profile."""

import re

import pytest
from django.test import Client

from reviews.models import MemberRole
from tests.factories import demo

pytestmark = pytest.mark.django_db(transaction=True)
ROW = re.compile(r'data-key="([^"]+)" data-action="(\w+)" data-where="(\w+)"')


@pytest.fixture
def client() -> Client:
    demo.tenants()
    return demo.signed_in(MemberRole.REVIEWER)


def bound(client: Client) -> list[tuple[str, ...]]:
    return ROW.findall(client.get("/t/meridian-care/jump").content.decode())


def saved(client: Client, **own: str) -> int:
    usual = {"name": "", "density": "usual", "has_keys": "on"}
    return client.post("/profile", usual | {f"key-{k}": v for k, v in own.items()}).status_code


def test_keys_that_are_no_characters_are_changed_and_refused_as_the_others(client: Client) -> None:
    assert saved(client, expand="Space") == 422, "it plays"
    assert saved(client, play="p", next="Ctrl+Q") == 422
    assert saved(client, play="p", next="ArrowDown", back="Enter") == 422
    assert saved(client, play="p", next="ArrowDown", jump="g") == 302
    own = bound(client)
    changed = {("p", "play", "audio"), ("ArrowDown", "next", "queue"), ("g", "jump", "tenant")}
    assert changed <= set(own)
    assert saved(client, play="p", next="ArrowDown") == 302
    client.post("/profile", {"name": "", "density": "usual", "key-play": "p"})
    kept = {action for _, action, _ in bound(client)}
    assert "play" not in kept, "a single character, and those are off"
    assert {"jump", "back", "expand"} <= kept

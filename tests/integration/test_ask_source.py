"""`manage.py ask_source`: the source's word search beside ours, what it derives, old answers."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from reviews.ingest import control
from reviews.models import AuditEvent, Source, Tenant, VendorAccount
from reviews.models.tenancy import tenant_context
from reviews.sandbox.server import Fault, Sandbox
from tests.factories.loop import KEY, begin, connected, drain, payloads

pytestmark = pytest.mark.django_db(transaction=True)
LOOK = ("--reason", "check_finding")


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str = ""


@dataclass
class Seen:
    sandbox: Sandbox
    source: Source
    call: str
    word: str
    """One that is said in it."""

    @property
    def tenant(self) -> Tenant:
        return self.source.tenant

    def ask(self, what: str, named: str = "", *more: str, tenant: str = "a") -> Ran:
        out = io.StringIO()
        given = (what, named or self.call, *more, "--tenant", tenant)
        try:
            call_command("ask_source", *given, stdout=out)
        except CommandError as refusal:
            return Ran(refusal.returncode, out.getvalue(), str(refusal))
        except SystemExit as ended:
            return Ran(int(ended.code or 0), out.getvalue())
        return Ran(0, out.getvalue())


@contextmanager
def asked(settings: Settings, *faults: Fault) -> Iterator[Seen]:
    """A call that is here, and its source."""
    tenant = Tenant.objects.create(slug="a", name="A")
    (payload,) = payloads(1)
    with Sandbox(accounts={KEY: [payload]}, faults=faults) as sandbox:
        settings.EGRESS_ALLOW_PRIVATE = frozenset({f"127.0.0.1:{sandbox.port}"})
        source = connected(tenant, sandbox.base_url)
        begin(source)
        drain()
        word = payload["words"][0]["text"].strip(".,?!")
        yield Seen(sandbox, source, payload["id"], word)


@pytest.fixture
def seen(settings: Settings) -> Iterator[Seen]:
    with asked(settings) as made:
        yield made


def part_of(name: str) -> str:
    return f"/v2/transcript/{payloads(1)[0]['id']}/{name}"


def events(seen: Seen) -> list[dict[str, Any]]:
    with tenant_context(seen.tenant.pk):
        rows = AuditEvent.objects.filter(event="personal_data.revealed")
        return [row.data | {"of": row.target_kind} for row in rows]


def test_both_find_a_word_as_often_and_at_the_same_places(seen: Seen) -> None:
    ran = seen.ask("words", "", seen.word, "nobody says this")
    assert ran.code == 0, ran
    first, second = ran.out.splitlines()
    assert first.endswith(" at the source: the same")
    assert not first.startswith(f"{seen.word}: 0 here")
    assert second == "nobody says this: 0 here, 0 at the source: the same"
    assert events(seen) == [], "numbers are no personal data"


@pytest.mark.parametrize(
    ("matches", "said"),
    [
        (b'[{"text": "Meridian", "count": 9, "timestamps": []}]', "1 here, 9 at the source"),
        (b'[{"text": "Meridian", "timestamps": [[9, 8]]}]', "1 here, 1 at the source"),
        (b'[{"text": "Meridian", "count": "x", "timestamps": [7]}]', "1 here, 0 at the source"),
        (b'"none"', "1 here, 0 at the source"),
    ],
)
def test_a_difference_is_said_and_told_by_the_exit_status(
    matches: bytes, said: str, settings: Settings
) -> None:
    fault = Fault(part_of("word-search"), 200, body=b'{"matches": %s}' % matches)
    with asked(settings, fault) as seen:
        ran = seen.ask("words", "", "Meridian")
    assert (ran.code, ran.out) == (1, f"Meridian: {said}: they differ\n")


@pytest.mark.parametrize(
    ("phrase", "said"),
    [
        ("one two three four five six", "6 words"),
        ("yes, no", "2 words, a comma among them"),
        ('a" OR "b', "marks that are no part of words"),
        (" ", "0 words"),
    ],
)
def test_what_its_search_cannot_be_asked_is_refused_here(
    phrase: str, said: str, seen: Seen
) -> None:
    before = sum(seen.sandbox.requests.values())
    ran = seen.ask("words", "", phrase)
    assert (ran.code, said in ran.err) == (2, True), ran
    assert sum(seen.sandbox.requests.values()) == before


@pytest.mark.parametrize(
    ("part", "begins"),
    [("vtt", "WEBVTT"), ("srt", "1\n"), ("sentences", "{"), ("paragraphs", "{")],
)
def test_what_it_derives_needs_a_reason_which_is_audited_first(
    part: str, begins: str, seen: Seen
) -> None:
    refused = seen.ask(part)
    assert (refused.code, "no reason of the list" in refused.err) == (2, True)
    assert events(seen) == []
    ran = seen.ask(part, "", *LOOK, "--characters", "20")
    assert ran.code == 0
    assert ran.out.startswith(begins)
    assert events(seen) == [{"reason": "check_finding", "revision": 1, "of": "transcript"}]


def test_an_old_answer_of_its_language_model_can_still_be_read(seen: Seen) -> None:
    seen.sandbox.accounts[KEY].lemur["r-1"] = "Three promises."
    ran = seen.ask("lemur", "r-1", *LOOK)
    assert "Three promises." in ran.out
    assert events(seen) == [{"reason": "check_finding", "of": "source"}]
    absent = seen.ask("lemur", "r-2", *LOOK)
    assert absent.code == 2
    assert seen.ask("lemur", "../transcript", *LOOK).code == 2


def test_an_outage_is_known_to_all_who_share_the_account(settings: Settings) -> None:
    with asked(settings, Fault(part_of("vtt"), 503, times=9)) as seen:
        ran = seen.ask("vtt", "", *LOOK)
    assert ran.code == 2
    assert VendorAccount.objects.get().failures == 1


def test_another_tenants_call_an_absent_one_and_a_paused_source_are_refused(seen: Seen) -> None:
    other = Tenant.objects.create(slug="b", name="B")
    connected(other, "http://127.0.0.1:9")
    for ran in (seen.ask("words", "absent", "hello"), seen.ask("words", "", "hello", tenant="b")):
        assert (ran.code, "an id that the source has not sent" in ran.err) == (2, True)
    with tenant_context(seen.tenant.pk):
        control.pause(seen.source, by=None)
    assert "it is paused" in seen.ask("words", "", "hello").err

"""Whatever somebody writes or says stays words, on every page and at its place."""

import os
import random
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from compliance_app.run.postgres import Server
from reviews import web
from reviews.models import Agent, Finding, MemberRole, Tenant, Transcript
from reviews.models.tenancy import tenant_context
from tests.factories import demo
from tests.factories.hostile import MARKUP, strings
from tests.factories.routes import FIXTURES, Names, Route, address_of, routes
from tests.security.matrix import FORM
from tests.security.worlds import Grown, grown

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
CARE = "meridian-care"
ADMIN = (MemberRole.TENANT_ADMIN,)
SAID = ("you", "can", "skip", "the")
"""What the demo's rule on medical advice finds."""
WEB = Path(web.__file__).parent
HIT = f'<mark data-mark="hit">{" ".join(SAID)}</mark>'


class Skeleton(HTMLParser):
    """Tags with the names of their attributes, in order; and what leads out of the site or runs."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.outward: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))
        for name, value in attrs:
            if name in ("href", "src", "action", "formaction"):
                split = urlsplit(value or "")
                self.outward += [split.geturl()] if split.scheme or split.netloc else []


def pages() -> list[Route]:
    """Of a tenant, and those of a person that it shows on."""
    found = [each for each in routes() if each.is_page or each.name in ("tenant-list", "profile")]
    return [each for each in found if FIXTURES[each.name].ok.get("GET") == 200]


def shown(route: Route, own: Names, client: Client) -> str:
    """ "" where the answer is no page."""
    answer = client.get(address_of(route, own))
    assert answer.status_code == 200, route.name
    is_html = answer["Content-Type"].startswith("text/html")
    return answer.content.decode() if is_html else ""


def unmasked(page: str) -> list[Any]:
    """Without the masks: words beside a name change what else is taken for one."""
    return [tag for tag in Skeleton(page).tags if tag != ("span", ("class",))]


def of(own: Grown) -> Client:
    client = Client()
    client.force_login(own.people[MemberRole.TENANT_ADMIN])
    return client


def test_markup_in_every_text_of_a_tenant_adds_nothing_to_any_page(server: Server) -> None:
    """The same tenant twice, with plain words and with markup in each text that it can hold."""
    calm, hostile = grown("a", server, ADMIN), grown("b", server, ADMIN, MARKUP)
    readers = of(calm), of(hostile)
    changed, carried = [], 0
    for route in pages():
        plain = unmasked(shown(route, calm.names, readers[0]))
        page = shown(route, hostile.names, readers[1])
        carried += "onclick=e()" in page
        if unmasked(page) != plain or Skeleton(page).outward:
            changed.append(route.name)
    assert changed == []
    assert carried > len(pages()) / 2, "the markup was not on the pages"


def spoken(texts: list[str]) -> list[dict[str, Any]]:
    """A turn for each text, with the words of the rule behind it."""
    return [_turn(at, [text, *SAID, "dose."]) for at, text in enumerate(texts)]


def _turn(at: int, texts: list[str]) -> dict[str, Any]:
    words = [
        {"text": text, "start": start, "end": start + 100, "confidence": 0.9, "speaker": "A"}
        for start, text in enumerate(texts, at * 2000)
    ]
    began, ended = words[0]["start"], words[-1]["end"]
    text = " ".join(texts)
    return {"text": text, "start": began, "end": ended, "confidence": 0.9, "speaker": "A",
            "words": words}  # fmt: skip


def payload_of(call_id: str, texts: list[str]) -> dict[str, Any]:
    """A call as the vendor gives it, a turn for each text."""
    turns = spoken(texts)
    return {
        "id": call_id, "status": "completed", "language_code": "en_us",
        "audio_duration": len(texts) * 2, "text": " ".join(each["text"] for each in turns),
        "words": [word for each in turns for word in each["words"]], "utterances": turns,
        "webhook_url": "https://h.example/?agent=7&agent_speaker=A&kind=live",
    }  # fmt: skip


def harmless(page: str) -> bool:
    """No tag and no attribute that ours have not, and nothing that leads away."""
    seen = Skeleton(page)
    acts = [name for _, names in seen.tags for name in names if name.startswith("on")]
    tags = {tag for tag, _ in seen.tags}
    return not acts and not seen.outward and tags.isdisjoint({"img", "iframe", "i", "object"})


@pytest.fixture
def care() -> Tenant:
    return next(tenant for tenant in demo.tenants() if tenant.slug == CARE)


def test_evidence_stands_at_its_words_behind_any_text(care: Tenant) -> None:
    """A lost or doubled character would move each mark behind it."""
    texts = [text for text in strings() if text.strip()]
    demo.keep_payload(care, payload_of("hostile", texts))
    with tenant_context(care.pk):
        row = Transcript.objects.get(external_id="hostile")
    client = demo.signed_in(MemberRole.REVIEWER)
    page = client.get(reverse("call-detail", args=[CARE, row.pk])).content.decode()
    assert page.count(HIT) == len(texts)
    assert harmless(page)


def test_any_text_as_a_note_is_shown_as_it_was_written(care: Tenant) -> None:
    """Or refused; a verdict and its return for each, all of them on the call's page."""
    demo.keep_payload(care, payload_of("noted", ["Well,"] * 20))
    with tenant_context(care.pk):
        found = Finding.objects.filter(transcript__external_id="noted", outcome="found")
        finding = found.order_by("id")[0]
    client = demo.signed_in(MemberRole.REVIEWER)
    to, taken = reverse("finding-decide", args=[CARE, finding.pk]), [""]
    for text in (text for text in strings() if text.strip()):
        at = len(taken) - 1
        verdict = "reopened" if at % 2 else "upheld"
        given = {"verdict": verdict, "sequence": str(at), "note": text, "next": "/"}
        answer = client.post(to, urlencode(given, errors="surrogatepass"), FORM)
        assert answer.status_code in (302, 400, 422), text[:40]
        taken += [text] if answer.status_code == 302 else []
    page = client.get(reverse("call-detail", args=[CARE, finding.transcript_id])).content.decode()
    assert harmless(page)
    missing = [text for text in taken if escape(text.strip().replace("\r\n", "\n")) not in page]
    assert missing == []
    assert len(taken) > 0.9 * len(strings())


def test_any_text_as_a_name_stays_words(care: Tenant) -> None:
    texts = [text for text in strings() if text.strip() and "\x00" not in text]
    client = demo.signed_in(MemberRole.TENANT_ADMIN)
    for first in range(0, len(texts), 150):
        some = enumerate(texts[first : first + 150])
        agents = [Agent(tenant=care, external_id=at, name=each[:200]) for at, each in some]
        with tenant_context(care.pk):
            Agent.objects.all().delete()
            Agent.objects.bulk_create(agents)
        page = client.get(reverse("queue-list", args=[CARE])).content.decode()
        assert harmless(page)
        assert [each.name for each in agents if escape(each.name) not in page] == []
    for text in texts:
        client.post(reverse("profile"), {"name": text[:200], "density": "comfortable"})
        assert harmless(client.get(reverse("profile")).content.decode()), text[:40]


@pytest.mark.parametrize("name", ["queue-list", "call-list"])
def test_any_text_is_searched_for_or_refused_on_the_page(care: Tenant, name: str) -> None:
    client = demo.signed_in(MemberRole.TENANT_ADMIN)
    wrong = []
    for text in strings():
        for given in (text, f"rule:{text}"):
            answer = client.get(reverse(name, args=[CARE]), {"q": given})
            outward = Skeleton(answer.content.decode()).outward
            if answer.status_code not in (200, 400, 422) or outward:
                wrong.append((given[:40], answer.status_code))
    assert wrong == []


ODD = ("\x00", "\ud800", "9" * 30, "é" * 30_000)
ASKED = len(ODD) if os.environ.get("MATRIX") else 1
"""Of them for each name, by the run's seed; all by `make matrix`."""


@pytest.mark.timeout(300)
def test_no_form_and_no_query_stumbles_over_any_text(server: Server) -> None:
    own = grown("a", server, ADMIN)
    client = of(own)
    client.raise_request_exception = False
    assert list(_stumbling_queries(client, own.names)) == []
    assert list(_stumbling_forms(client, own.names)) == []


def _stumbling_queries(client: Client, own: Names) -> Iterator[str]:
    """On every page, all names together that any page reads of its address."""
    written = "".join(path.read_text() for path in WEB.glob("*.py"))
    names = sorted({*re.findall(r'GET(?:\.get\(|\[)"(\w+)"', written), "show", "page"})
    assert len(names) > 15
    for route in pages():
        for text in random.sample(ODD, ASKED):
            query = urlencode(dict.fromkeys(names, text[:900]), errors="surrogatepass")
            if client.get(f"{address_of(route, own)}?{query}").status_code >= 500:
                yield f"{route.name} {text[:9]!r}"


def _stumbling_forms(client: Client, own: Names) -> Iterator[str]:
    for route in routes():
        fixture = FIXTURES[route.name]
        body = fixture.body(own)
        named = [*body, *(each.name for each in fixture.fields)]
        for name in named if route.is_page and "POST" in fixture.ok else ():
            for text in random.sample(ODD, ASKED):
                given = urlencode({**body, name: text}, errors="surrogatepass")
                if client.post(address_of(route, own), given, FORM).status_code >= 500:
                    yield f"{route.name} {name} {text[:9]!r}"


def test_the_skeleton_sees_a_tag_and_an_address() -> None:
    page = Skeleton(
        '<a href="/x">x</a><a onclick="e()" href="javascript:e()">y</a><img src=//e.test/y>'
    )
    assert page.tags == [("a", ("href",)), ("a", ("onclick", "href")), ("img", ("src",))]
    assert page.outward == ["javascript:e()", "//e.test/y"]

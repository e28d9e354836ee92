"""Calls are found by what is said on them, by the words that the member may see."""

import html
import re
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from reviews.ingest import roles
from reviews.models import (
    Agent,
    CallWords,
    Evaluation,
    MemberRole,
    MemberScope,
    Membership,
    Participant,
    SpeakerRole,
    Team,
    Tenant,
    Transcript,
    User,
)
from reviews.models.tenancy import tenant_context
from reviews.queries import found_lines
from reviews.queries.found_lines import Phrase
from reviews.tasks import THEN
from tests.factories.asking import evaluated, published
from tests.factories.stored import keep_said

pytestmark = pytest.mark.django_db(transaction=True)
CARD = "4111 1111 1111 1111"
SAID = (
    "agent: hello Thank you, for calling\n"
    f"customer: my card number is {CARD} and you are welcome\n"
    "agent: it's fine, thank goodness for that"
)


AWKWARD = (
    'it\'s "so" & !', "' | ''", "\\", ":*", "a<->b", "o'clock\\'s", "日本", "é\u0301", "a:A | b:B",
)  # fmt: skip
REFUSED: list[dict[str, str]] = [
    {"phrase": "x" * 10_000},
    {"phrase": "a " * 21},
    {"phrase": "a\x00b"},
    {"phrase": "😀"},
    {"by": "nobody"},
    {"agent": "x"},
    {"since": "yesterday"},
    {"until": "9999-12-31"},
    {"below": "nan"},
    {"after": "x"},
]


@pytest.fixture
def tenant() -> Tenant:
    return Tenant.objects.create(slug="a", name="A")


def member(tenant: Tenant, role: MemberRole = MemberRole.REVIEWER, **more: Any) -> Client:
    user = User.objects.create(email=f"{role}@{tenant.slug}.test")
    with tenant_context(tenant.pk):
        Membership.objects.create(tenant=tenant, user=user, role=role, **more)
    client = Client()
    client.force_login(user)
    return client


def search(client: Client, slug: str = "a", **query: Any) -> str:
    answer = client.get(reverse("call-list", args=[slug]), query)
    assert answer.status_code == 200
    return " ".join(html.unescape(answer.content.decode()).split())


def found(client: Client, slug: str = "a", **query: Any) -> list[str]:
    return re.findall(r'<a class="strong" [^>]*><code>(.*?)</code>', search(client, slug, **query))


def test_a_phrase_is_found_where_its_words_follow_each_other_in_a_line(tenant: Tenant) -> None:
    keep_said(tenant, "one", SAID)
    client = member(tenant)
    for phrase in ("thank you", "THANK   you for", "thank", "it’s fine"):
        assert found(client, phrase=phrase) == ["one"], phrase
    for phrase in (
        "calling my",
        "you thank",
        "thank you for that",
        "goodness for calling",
        "number is and you",
    ):
        assert found(client, phrase=phrase) == [], phrase


def test_the_line_is_shown_with_the_hit_marked_and_leads_to_its_moment(tenant: Tenant) -> None:
    row = keep_said(tenant, "one", SAID)
    page = search(member(tenant), phrase="thank you")
    assert "Agent A" in page
    assert '<mark data-mark="found">Thank you,</mark> for calling' in page
    assert reverse("call-detail", args=["a", row.pk]) + "#u0" in page


def test_who_says_it_can_be_asked(tenant: Tenant) -> None:
    keep_said(tenant, "one", SAID)
    client = member(tenant)
    assert found(client, phrase="you are welcome", by="customer") == ["one"]
    assert found(client, phrase="you are welcome", by="agent") == []


def test_personal_data_is_not_found_and_not_in_the_index(tenant: Tenant) -> None:
    keep_said(tenant, "one", SAID)
    client = member(tenant)
    assert found(client, phrase="card number") == ["one"]
    for phrase in ("4111", CARD, CARD.replace(" ", ""), "is 4111", "1111 and"):
        assert found(client, phrase=phrase) == [], phrase
    with tenant_context(tenant.pk), connection.cursor() as cursor:
        cursor.execute("SELECT words::text FROM reviews_callwords")
        assert "4111" not in str(cursor.fetchall())


def test_what_the_detector_learnt_since_is_not_found_either(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_said(tenant, "one", SAID)
    client = member(tenant)
    monkeypatch.setattr("reviews.detection.pii.call.VERSION", "next")
    monkeypatch.setattr(
        "reviews.detection.pii.call.masks", lambda columns: [[(1, 2, "name")], [], []]
    )
    assert found(client, phrase="thank you") == []
    assert "[name]" in search(client, phrase="calling")


def test_a_call_of_another_tenant_is_not_found(tenant: Tenant) -> None:
    other = Tenant.objects.create(slug="b", name="B")
    keep_said(other, "theirs", SAID)
    keep_said(tenant, "ours", "agent: thank you")
    assert found(member(tenant), phrase="thank you") == ["ours"]
    with tenant_context(tenant.pk):
        hits = found_lines.hits(Phrase(("thank",), "aco"), None)
        assert [pk for _, pk in hits] == [Transcript.objects.get().pk]


def test_who_sees_some_calls_finds_those_alone(tenant: Tenant) -> None:
    mine, _ = keep_said(tenant, "mine", SAID), keep_said(tenant, "not-mine", SAID)
    with tenant_context(tenant.pk):
        team = Team.objects.create(tenant=tenant, name="T")
        agent = Agent.objects.create(tenant=tenant, external_id="7", team=team)
        Participant.objects.filter(transcript=mine, role="agent").update(agent=agent)
    client = member(tenant, MemberRole.REVIEWER, scope=MemberScope.TEAMS)
    with tenant_context(tenant.pk):
        membership = Membership.objects.get(role=MemberRole.REVIEWER)
        membership.team_links.create(tenant=tenant, team=team)
    assert found(client, phrase="thank you") == ["mine"]
    lead = member(tenant, MemberRole.LEAD)
    assert (
        found(lead, phrase="thank you", agent=agent.pk) == found(lead, agent=agent.pk) == ["mine"]
    )
    assert set(found(lead, phrase="thank you")) == {"mine", "not-mine"}


def test_a_new_revision_is_found_by_its_own_roles(tenant: Tenant) -> None:
    row = keep_said(tenant, "one", SAID)
    client = member(tenant)
    user = User.objects.get()
    with tenant_context(tenant.pk):
        voices = Participant.objects.filter(transcript=row)
        turned = {"agent": SpeakerRole.CUSTOMER, "customer": SpeakerRole.AGENT}
        roles.assign(
            transcript_id=row.pk, revision=1, by=user, now=timezone.now(), then=THEN,
            roles={each.pk: turned[each.role] for each in voices},
        )  # fmt: skip
        assert set(CallWords.objects.values_list("revision", flat=True)) == {2}
    assert found(client, phrase="thank you", by="customer") == ["one"]
    assert found(client, phrase="thank you", by="agent") == []


def test_calls_are_narrowed_by_score_by_what_was_not_assessable_and_by_day(tenant: Tenant) -> None:
    published(tenant)
    evaluated(tenant, "bad", "agent: we guarantee it")
    evaluated(tenant, "good", "agent: hello on a recorded line")
    with tenant_context(tenant.pk):
        of_good = Evaluation.objects.filter(transcript__external_id="good")
        assert of_good.get().score == 100
        Transcript.objects.filter(external_id="bad").update(call_at=timezone.now() - timedelta(9))
    client, today = member(tenant), timezone.localdate()
    assert found(client, below="90") == ["bad"]
    assert found(client, not_assessable="on") == []
    assert found(client, since=today) == ["good"]
    assert found(client, until=today - timedelta(1)) == ["bad"]
    assert found(client, until=today, since=today - timedelta(9), phrase="guarantee") == ["bad"]


def test_awkward_phrases_are_words_or_refused_and_never_fail(tenant: Tenant) -> None:
    client = member(tenant)
    for at, phrase in enumerate(AWKWARD):
        keep_said(tenant, f"call-{at}", f"agent: {phrase} hello")
        answer = client.get(reverse("call-list", args=["a"]), {"phrase": phrase})
        has_words = any(char.isalnum() for char in phrase)
        assert answer.status_code == (200 if has_words else 400), phrase
        assert f"<code>call-{at}</code>".encode() in answer.content or not has_words, phrase


def test_what_cannot_be_searched_is_refused_with_what_to_do(tenant: Tenant) -> None:
    client = member(tenant)
    for query in REFUSED:
        answer = client.get(reverse("call-list", args=["a"]), query)
        assert answer.status_code == 400, query
        assert "refused" in answer.content.decode()


def test_pages_follow_each_other_and_the_statements_do_not_grow(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_said(tenant, "c0", SAID)
    client = member(tenant)
    monkeypatch.setattr("reviews.queries.calls.PHRASE_PAGE", 2)

    def asked(**query: str) -> tuple[list[str], int]:
        with CaptureQueriesContext(connection) as captured:
            names = found(client, **query)
        return names, len(captured)

    search(client)
    _, statements = asked(phrase="thank you")
    for at in range(1, 5):
        keep_said(tenant, f"c{at}", SAID)
    first, again = asked(phrase="thank you")
    assert (first, again) == (["c4", "c3"], statements)
    pages, after = [first], "x"
    for _ in range(2):
        page = search(client, phrase="thank you", **({"after": after} if after != "x" else {}))
        match = re.search(r"phrase=thank\+you&after=([^\"]+)\" rel", page)
        assert match
        after = match[1]
        pages.append(found(client, phrase="thank you", after=after))
    assert pages == [["c4", "c3"], ["c2", "c1"], ["c0"]]


def test_where_filters_leave_none_of_the_newest_it_can_be_looked_further(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reviews.queries.found_lines.CALLS_AT_ONCE", 2)
    for at in range(3):
        keep_said(tenant, f"c{at}", SAID)
    with tenant_context(tenant.pk):
        agent = Agent.objects.create(tenant=tenant, external_id="7")
        voices = Participant.objects.filter(transcript__external_id="c0", role="agent")
        voices.update(agent=agent)
    client = member(tenant)
    page = search(client, phrase="thank you", agent=str(agent.pk))
    assert "Only the newest calls with this phrase were looked at" in page
    match = re.search(r'href="\?([^"]+)">Look further', page)
    assert match
    answer = client.get(reverse("call-list", args=["a"]) + "?" + match[1])
    assert "<code>c0</code>" in answer.content.decode()


def test_a_phrase_becomes_a_rule_in_the_draft_that_is_chosen(tenant: Tenant) -> None:
    rubric = published(tenant).rubric
    keep_said(tenant, "one", SAID)
    author = member(tenant, MemberRole.RUBRIC_AUTHOR)
    address = reverse("phrase-rule", args=["a"]) + "?phrase=Thank+you%2C&by=agent"
    assert address.split("?")[0] in search(author, phrase="Thank you,", by="agent")
    assert 'agent: "thank you"' in html.unescape(author.get(address).content.decode())
    answer = author.post(address, {"rubric": str(rubric.pk)}, follow=True)
    shown = html.unescape(answer.content.decode())
    assert ("New rule" in shown, "thank you" in shown) == (True, True)
    assert author.post(address, {"rubric": "x"}).status_code == 422
    assert author.get(address.replace("Thank+you%2C", "%2C")).status_code == 400
    reviewer = member(tenant)
    assert "Turn into a rule" not in search(reviewer, phrase="thank you")
    assert reviewer.get(address).status_code == 403


def test_calls_that_came_before_the_search_are_found_after_the_command(tenant: Tenant) -> None:
    for at in range(3):
        keep_said(tenant, f"c{at}", SAID)
    with tenant_context(tenant.pk):
        CallWords.objects.filter(transcript__external_id__in=["c0", "c1"]).delete()
    client = member(tenant)
    assert found(client, phrase="thank you") == ["c2"]
    for made in ("2 calls", "0 calls"):
        out = StringIO()
        call_command("index_calls", "--tenant", "a", stdout=out)
        assert out.getvalue().startswith(made)
    assert found(client, phrase="thank you") == ["c2", "c1", "c0"]
    with pytest.raises(CommandError, match="refused"):
        call_command("index_calls", "--tenant", "nobody")

"""What of a tenant goes by a text that somebody types to jump there. Six SQL queries at most."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from reviews import access
from reviews.detection.rubric import Rule
from reviews.models import Agent, Membership, Participant, RubricVersion, Source, Transcript
from reviews.policies import Action, can
from reviews.queries import calls
from reviews.queries.rubrics import rubric_rows

AT_MOST = 5
"""Of each kind."""


@dataclass(frozen=True, slots=True)
class Found:
    calls: Sequence[Transcript] = ()
    agents: Sequence[Agent] = ()
    rubrics: Sequence[RubricVersion] = ()
    rules: Sequence[tuple[RubricVersion, Rule]] = ()
    people: Sequence[Membership] = ()

    def __bool__(self) -> bool:
        return any((self.calls, self.agents, self.rubrics, self.rules, self.people))


def find(membership: Membership, text: str, row_id: UUID | None) -> Found:
    """Of what the member may open. `row_id` is the id that the text may be.

    Rubrics and rules by name or code, agents by name or id, people by name or address; calls by an
    id, ours or the source's, and the newest of the agents that go by the text.
    """
    agents: Sequence[Agent] = ()
    found: Sequence[Transcript] = ()
    if can(membership.role, Action.SEE_CALLS):
        named = Q(name__icontains=text) | Q(external_id__icontains=text)
        agents = list(calls.agents_of(membership).filter(named)[:AT_MOST])
        found = _calls(membership, text, row_id, agents)
    rubrics, rules = _rubrics(membership, text.casefold())
    return Found(found, agents, rubrics, rules, _people(membership, text))


def _calls(
    membership: Membership, text: str, row_id: UUID | None, agents: Sequence[Agent]
) -> Sequence[Transcript]:
    """Apart from each other and with the sources named, or no index would serve either."""
    rows = access.visible_transcripts(membership)
    rows = rows.only("external_id", "call_at", "call_zone", "received_at", "tenant_id")
    sources = list(access.scoped_to(Source, membership.tenant_id).values_list("pk", flat=True))
    exact = list(rows.filter(Q(external_id=text, source__in=sources) | Q(pk=row_id))[:AT_MOST])
    if exact or not agents:
        return exact
    people = access.scoped_to(Participant, membership.tenant_id)
    own = {"transcript": OuterRef("pk"), "revision": OuterRef("revision")}
    named = rows.filter(Exists(people.filter(**own, agent__in=agents)))
    return list(named.order_by("-received_at", "-id")[:AT_MOST])


def _rubrics(
    membership: Membership, text: str
) -> tuple[Sequence[RubricVersion], Sequence[tuple[RubricVersion, Rule]]]:
    if not can(membership.role, Action.SEE_RUBRICS):
        return (), ()
    rows = rubric_rows(membership)
    rubrics = [
        row.version
        for row in rows
        if text in row.version.rubric.name.casefold() or text in row.version.rubric.code
    ]
    rules = [
        (row.version, rule)
        for row in rows
        for rule in row.rubric.rules
        if text in rule.title.casefold() or text in rule.code
    ]
    return rubrics[:AT_MOST], rules[:AT_MOST]


def _people(membership: Membership, text: str) -> Sequence[Membership]:
    if not can(membership.role, Action.MANAGE_PEOPLE):
        return ()
    named = Q(user__name__icontains=text) | Q(user__email__icontains=text)
    rows = access.scoped_to(Membership, membership.tenant_id).select_related("user")
    return list(rows.filter(named).order_by("user__name", "user__email")[:AT_MOST])

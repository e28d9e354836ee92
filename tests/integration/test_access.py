"""The door: what a membership's scope shows, and the audit trail behind every act."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from reviews import access, audit
from reviews.models import (
    Agent,
    AuditEvent,
    MemberScope,
    Membership,
    Participant,
    Team,
    Transcript,
    User,
)
from reviews.models.tenancy import tenant_context
from tests.factories.tenants import World, membership_in, world

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def a() -> World:
    return world("a")


def scoped(a: World, scope: MemberScope) -> Membership:
    membership: Membership = a["Membership"]
    membership.scope = scope
    return membership


def seen(membership: Membership) -> int:
    with tenant_context(membership.tenant_id, user_id=membership.user_id):
        return access.visible_transcripts(membership).count()


def test_a_member_of_the_tenant_sees_every_call(a: World) -> None:
    assert seen(scoped(a, MemberScope.TENANT)) == 1


def test_a_member_of_teams_sees_the_calls_of_their_agents(a: World) -> None:
    teams = scoped(a, MemberScope.TEAMS)
    assert seen(teams) == 1
    with tenant_context(a.tenant.pk):
        other = Team.objects.create(tenant=a.tenant, name="Other")
        Agent.objects.update(team=other)
    assert seen(teams) == 0


def test_an_agent_sees_own_calls_of_the_current_revision_alone(a: World) -> None:
    own = scoped(a, MemberScope.OWN)
    assert seen(own) == 0
    with tenant_context(a.tenant.pk):
        Agent.objects.update(user=a.user)
    assert seen(own) == 1
    with tenant_context(a.tenant.pk):
        Transcript.objects.update(revision=2)
        Participant.objects.create(
            tenant=a.tenant, transcript=a["Transcript"], revision=2, speaker="A", role="agent"
        )
    assert seen(own) == 0, "the call is another's now"


def test_a_user_who_was_deactivated_has_no_membership(a: World) -> None:
    assert membership_in("a", a.user) is not None
    User.objects.update(is_active=False)
    a.user.refresh_from_db()
    assert membership_in("a", a.user) is None


def test_the_audit_chain_holds_over_a_reload_and_breaks_where_a_row_is_changed(a: World) -> None:
    at = datetime(2026, 1, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    with tenant_context(a.tenant.pk):
        for _ in range(3):
            audit.record(event=audit.Event.SOURCE_PAUSED, by=a.user, target=a["Source"], at=at)
        rows = list(AuditEvent.objects.order_by("sequence"))[1:]
        assert [row.sequence for row in rows] == [2, 3, 4]
        for before, row in zip(AuditEvent.objects.order_by("sequence"), rows, strict=False):
            assert bytes(row.previous_sha256) == bytes(before.sha256)
            assert bytes(row.sha256) == audit.digest(row)
    rows[0].data = {"code": "other"}
    assert bytes(rows[0].sha256) != audit.digest(rows[0])
    assert rows[0].at == at.astimezone(UTC)


def test_an_act_outside_a_tenant_is_not_recorded(a: World) -> None:
    with pytest.raises(audit.NoTenant):
        audit.record(
            event=audit.Event.SOURCE_PAUSED, by=None, target=a["Source"], at=datetime.now(UTC)
        )

"""The demo's tenants in the database: rubric published, source connected, backfill begun."""

from datetime import datetime

from reviews.accounts import people
from reviews.demo.build import rubric
from reviews.demo.names import NAMES, email_of
from reviews.evaluation import endpoint
from reviews.ingest import backfill, connect, control
from reviews.models import (
    Agent,
    MemberRole,
    Membership,
    QueueItem,
    Source,
    Standing,
    Tenant,
    Transcript,
    User,
)
from reviews.models.tenancy import tenant_context
from reviews.reviewing import dispute, hand
from reviews.rubrics import publish

SOURCE = "sandbox"
REQUESTS_PER_SECOND = 1000
ASSIGNED = 3
"""Findings of each tenant that its lead gives to its reviewer."""
RELEASED = 3
"""Calls of each tenant that its agent sees."""


def seed(*, base_url: str, password: str, now: datetime) -> list[Tenant]:
    """Make what is not there yet; the sandbox's address and the password are taken anew."""
    tenants = [_tenant(slug, name, base_url, now) for slug, name in NAMES.items()]
    people.join(tenants, {role: email_of(role) for role in MemberRole}, password=password)
    return tenants


def show_to_agents(tenants: list[Tenant], *, now: datetime) -> None:
    """One agent of each tenant is the demo's person in that role, and sees some calls released."""
    person = User.objects.get(email=email_of(MemberRole.AGENT))
    lead = User.objects.get(email=email_of(MemberRole.LEAD))
    for tenant in tenants:
        with tenant_context(tenant.pk):
            agent = Agent.objects.order_by("external_id").first()
            if agent is None:
                continue
            Agent.objects.filter(pk=agent.pk).update(user=person)
            calls = Transcript.objects.filter(participants__agent=agent).distinct().order_by("id")
            for row in calls[:RELEASED]:
                dispute.release(transcript=row, by=lead, now=now)


def give_to_reviewers(tenants: list[Tenant], *, now: datetime) -> None:
    """Some of the gravest findings, where nobody was given any: the reviewer is told of them."""
    lead = User.objects.get(email=email_of(MemberRole.LEAD))
    for tenant in tenants:
        with tenant_context(tenant.pk):
            seat = Membership.objects.get(user__email=email_of(MemberRole.REVIEWER))
            items = QueueItem.objects.select_related("finding").order_by("rank", "found_at", "id")
            if items.filter(assigned_to=seat.user_id).exists():
                continue
            for item in items.filter(standing=Standing.OPEN)[:ASSIGNED]:
                hand.assign(finding=item.finding, to=seat, by=lead, now=now)


def _tenant(slug: str, name: str, base_url: str, now: datetime) -> Tenant:
    tenant, _ = Tenant.objects.get_or_create(slug=slug, defaults={"name": name})
    _turn_judge_on(tenant, base_url, now)
    with tenant_context(tenant.pk):
        publish.publish(tenant_id=tenant.pk, code="calls", document=rubric(slug), by=None, now=now)
        source = Source.objects.filter(name=SOURCE).first() or connect.connect(
            tenant_id=tenant.pk,
            name=SOURCE,
            base_url=base_url,
            key=f"sandbox-{slug}",
            requests_per_second=REQUESTS_PER_SECOND,
            by=None,
            now=now,
        )
        Source.objects.filter(pk=source.pk).update(base_url=base_url)
        control.watch(source)
        if source.backfill_done_at is None:
            backfill.start(source)
    return tenant


def _turn_judge_on(tenant: Tenant, base_url: str, now: datetime) -> None:
    """The sandbox answers in place of a language model; on before the first call arrives."""
    wanted = endpoint.Wanted(
        base_url=f"{base_url}/v1",
        model="sandbox",
        key=f"sandbox-{tenant.slug}",
        calls_per_day=10_000,
        tokens_per_day=100_000_000,
    )
    endpoint.turn_on(tenant_id=tenant.pk, wanted=wanted, by=None, now=now)

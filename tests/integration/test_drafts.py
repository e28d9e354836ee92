"""Drafts: nothing is written over unseen, published by one or by two, restored forward only."""

from copy import deepcopy
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from reviews.detection.document import RubricError
from reviews.models import (
    AuditEvent,
    Draft,
    MemberRole,
    Membership,
    RubricVersion,
    Tenant,
    User,
)
from reviews.models import Rubric as RubricRow
from reviews.models.tenancy import tenant_context
from reviews.rubrics import drafts
from reviews.rubrics.drafts import Author, DraftChanged, PublishRefused
from reviews.rubrics.publish import RedRubric, Terms
from tests.factories.races import at_once
from tests.factories.told import told

pytestmark = pytest.mark.django_db(transaction=True)
RULE: dict[str, Any] = {"code": "promise", "severity": "high", "check": {"query": '"guarantee"'}}
LINE = Terms("Promises are looked for")


@pytest.fixture
def tenant() -> Tenant:
    return Tenant.objects.create(slug="a", name="A")


@pytest.fixture
def ann() -> User:
    return User.objects.create(email="ann@example.test", name="Ann")


@pytest.fixture
def ben() -> User:
    return User.objects.create(email="ben@example.test", name="Ben")


def author(seen: int, by: User | None = None) -> Author:
    return Author(seen, by, timezone.now())


def made(tenant: Tenant, by: User | None = None) -> Draft:
    """A draft with one rule, at revision 2."""
    with tenant_context(tenant.pk):
        now = timezone.now()
        draft = drafts.create(tenant_id=tenant.pk, code="calls", name="Calls", by=by, now=now)
        document = drafts.with_rule(drafts.document_of(draft), RULE, was="")
        return drafts.save(draft, document, author(1, by))


def published(draft: Draft, by: User | None = None) -> RubricVersion:
    with tenant_context(draft.tenant_id):
        version = drafts.ask(draft, LINE, author(draft.revision, by))
    assert version is not None
    return version


def test_a_draft_becomes_a_version_with_its_line_and_is_gone(tenant: Tenant, ann: User) -> None:
    version = published(made(tenant, ann), ann)
    assert (version.number, version.note, version.published_by) == (1, LINE.note, ann)
    with tenant_context(tenant.pk):
        assert not Draft.objects.exists()
        events = list(AuditEvent.objects.order_by("sequence").values_list("event", flat=True))
    assert events == ["draft.begun", "draft.changed", "rubric.published"]


def test_of_two_authors_the_second_is_told_and_nothing_is_lost(
    tenant: Tenant, ann: User, ben: User
) -> None:
    draft = made(tenant, ann)
    document = drafts.document_of(draft)
    with tenant_context(tenant.pk):
        drafts.save(draft, document | {"name": "By Ann"}, author(2, ann))
        with pytest.raises(DraftChanged, match="Ann changed the draft meanwhile"):
            drafts.save(draft, document | {"name": "By Ben"}, author(2, ben))
        assert drafts.document_of(Draft.objects.get())["name"] == "By Ann"


def test_of_many_at_once_one_wins(tenant: Tenant) -> None:
    draft = made(tenant)
    for seen in range(2, 12):
        won = at_once(4, partial(_saves, draft, seen))
        assert sorted(won) == [False, False, False, True]


def _saves(draft: Draft, seen: int) -> bool:
    try:
        with tenant_context(draft.tenant_id):
            drafts.save(draft, drafts.document_of(draft), author(seen))
    except DraftChanged:
        return False
    return True


def test_two_beginners_at_once_get_one_draft(tenant: Tenant) -> None:
    rubric = published(made(tenant)).rubric

    def begun() -> str:
        with tenant_context(tenant.pk):
            return str(drafts.begin(rubric, by=None, now=timezone.now()).pk)

    assert len(set(at_once(4, begun))) == 1


@pytest.mark.parametrize(
    ("terms", "seen"),
    [
        (Terms(""), "no line on what changed"),
        (Terms("  "), "no line on what changed"),
        (Terms("x" * 501), "501 characters"),
        (Terms("x", effective_from=timezone.now() - timedelta(days=1)), "a time in the past"),
    ],
)
def test_terms_that_cannot_be_are_refused(terms: Terms, seen: str, tenant: Tenant) -> None:
    draft = made(tenant)
    with tenant_context(tenant.pk), pytest.raises(PublishRefused, match=seen):
        drafts.ask(draft, terms, author(2))
    with tenant_context(tenant.pk):
        assert Draft.objects.exists()


def test_what_is_broken_or_red_stays_a_draft(tenant: Tenant) -> None:
    draft = made(tenant)
    broken = deepcopy(RULE) | {"check": {"query": '"guarantee'}}
    red = deepcopy(RULE) | {"examples": {"must_match": ["agent: hello"]}}
    for seen, (rule, refusal) in enumerate([(broken, RubricError), (red, RedRubric)], 2):
        document = drafts.with_rule(drafts.document_of(draft), rule, was="promise")
        with tenant_context(tenant.pk):
            draft = drafts.save(draft, document, author(seen))
        with pytest.raises(refusal), tenant_context(tenant.pk):
            drafts.ask(draft, LINE, author(seen + 1))
    with tenant_context(tenant.pk):
        assert not RubricVersion.objects.exists()


def test_a_grave_change_needs_a_second_person_where_the_tenant_wants_one(
    tenant: Tenant, ann: User, ben: User
) -> None:
    Tenant.objects.update(second_person=True)
    draft = made(tenant, ann)
    with tenant_context(tenant.pk):
        for each in (ann, ben):
            Membership.objects.create(tenant=tenant, user=each, role=MemberRole.RUBRIC_AUTHOR)
        assert drafts.ask(draft, LINE, author(2, ann)) is None
        with pytest.raises(PublishRefused, match="the one who asked agrees"):
            drafts.agree(draft, author(2, ann))
        asked = told(tenant)
        version = drafts.agree(draft, author(2, ben))
    assert asked == [("ben", "version_waits")], "not who asked"
    assert (version.published_by, version.approved_by, version.note) == (ann, ben, LINE.note)


def test_a_light_change_needs_one_person_and_a_change_takes_the_asking_back(
    tenant: Tenant, ann: User, ben: User
) -> None:
    Tenant.objects.update(second_person=True)
    draft = made(tenant, ann)
    with tenant_context(tenant.pk):
        drafts.ask(draft, LINE, author(2, ann))
        light = drafts.document_of(draft)
        light["rules"][0] = RULE | {"severity": "low"}
        draft = drafts.save(draft, light, author(2, ann))
        with pytest.raises(PublishRefused, match="nobody asked"):
            drafts.agree(draft, author(3, ben))
    assert published(draft, ann).approved_by is None


def test_a_version_published_meanwhile_is_not_passed_over(tenant: Tenant) -> None:
    first = published(made(tenant))
    with tenant_context(tenant.pk):
        draft = drafts.begin(first.rubric, by=None, now=timezone.now())
        other = first.document.replace('"name":"Calls"', '"name":"Other"')
        RubricVersion.objects.create(
            tenant=tenant, rubric=first.rubric, number=2, document=other, sha256=b"x" * 32,
            effective_from=timezone.now(),
        )  # fmt: skip
        draft = drafts.save(draft, drafts.document_of(draft) | {"name": "Mine"}, author(1))
        with pytest.raises(PublishRefused, match="version 2, which was published since"):
            drafts.ask(draft, LINE, author(2))
        drafts.rebase(draft, author(2))
    assert published(draft).number == 3


def test_an_earlier_version_comes_back_as_a_new_one(tenant: Tenant) -> None:
    first = published(made(tenant))
    with tenant_context(tenant.pk):
        draft = drafts.begin(first.rubric, by=None, now=timezone.now())
        changed = drafts.with_rule(
            drafts.document_of(draft), RULE | {"severity": "low"}, was="promise"
        )
        draft = drafts.save(draft, changed, author(1))
    second = published(draft)
    with tenant_context(tenant.pk):
        third = drafts.restore(RubricVersion.objects.get(number=1), author(0))
    version = published(third)
    assert (second.number, version.number) == (2, 3)
    assert bytes(version.sha256) == bytes(first.sha256) != bytes(second.sha256)


def test_a_draft_that_is_gone_cannot_be_changed(tenant: Tenant) -> None:
    draft = made(tenant)
    with tenant_context(tenant.pk):
        drafts.discard(draft, author(2))
        with pytest.raises(PublishRefused, match="was published or discarded"):
            drafts.save(draft, {}, author(2))
        RubricRow.objects.get()


def test_a_code_that_is_taken_is_refused(tenant: Tenant) -> None:
    made(tenant)
    with tenant_context(tenant.pk), pytest.raises(PublishRefused, match="is taken"):
        drafts.create(tenant_id=tenant.pk, code="calls", name="x", by=None, now=timezone.now())

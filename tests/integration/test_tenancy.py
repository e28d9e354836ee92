"""The tenant's transaction: set, restored, never another's, never without."""

import itertools
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.template import engines
from django.template.response import SimpleTemplateResponse
from django.test import RequestFactory

from reviews.models import Membership, Team, Tenant, User
from reviews.models.ids import uuid7
from reviews.models.tenancy import AnotherTenant, current_tenant, tenant_context
from reviews.web.tenancy import TenantMiddleware

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def tenants() -> tuple[Tenant, Tenant]:
    return (
        Tenant.objects.create(slug="a", name="A"),
        Tenant.objects.create(slug="b", name="B"),
    )


@pytest.fixture
def alice(tenants: tuple[Tenant, Tenant]) -> User:
    user = User.objects.create_user("alice@example.test")
    with tenant_context(tenants[0].pk):
        Membership.objects.create(tenant=tenants[0], user=user, role="reviewer")
    return user


def test_ids_rise_within_one_millisecond() -> None:
    made = [uuid7() for _ in range(10_000)]
    assert all(before < after for before, after in itertools.pairwise(made))
    assert {made[0].version, made[-1].version} == {7}


def test_the_tenant_ends_with_its_context(tenants: tuple[Tenant, Tenant]) -> None:
    with tenant_context(tenants[0].pk):
        assert current_tenant() == tenants[0].pk
    assert current_tenant() is None
    with pytest.raises(DatabaseError), transaction.atomic():
        Team.objects.count()


def test_a_nested_context_of_the_same_tenant_gives_the_outer_back(
    tenants: tuple[Tenant, Tenant],
) -> None:
    with tenant_context(tenants[0].pk):
        with tenant_context(tenants[0].pk):
            Team.objects.create(tenant=tenants[0], name="inner")
        assert current_tenant() == tenants[0].pk
        assert Team.objects.count() == 1


def test_a_nested_context_of_another_tenant_is_refused(tenants: tuple[Tenant, Tenant]) -> None:
    with (
        tenant_context(tenants[0].pk),
        pytest.raises(AnotherTenant),
        tenant_context(tenants[1].pk),
    ):
        pytest.fail("entered")


def test_an_outer_transaction_forgets_the_tenant_at_the_contexts_end(
    tenants: tuple[Tenant, Tenant],
) -> None:
    with transaction.atomic():
        with tenant_context(tenants[0].pk):
            pass
        with tenant_context(tenants[1].pk):
            assert current_tenant() == tenants[1].pk


def _request(user: User | AnonymousUser, path: str = "/t/a/x") -> HttpRequest:
    request = RequestFactory().get(path)
    request.user = user
    return request


def _middleware(response: HttpResponse | Exception, tenant: Tenant) -> TenantMiddleware:
    def view(request: HttpRequest) -> HttpResponse:
        Team.objects.create(tenant=tenant, name="written")
        if isinstance(response, Exception):
            made.process_exception(request, response)
            return HttpResponse(status=403)
        return response

    made = TenantMiddleware(view)
    return made


def _teams(tenant: Tenant) -> int:
    with tenant_context(tenant.pk):
        return Team.objects.count()


def test_a_view_works_in_its_tenant_and_commits(
    alice: User, tenants: tuple[Tenant, Tenant]
) -> None:
    _middleware(HttpResponse(), tenants[0])(_request(alice))
    assert _teams(tenants[0]) == 1


@pytest.mark.parametrize("response", [HttpResponse(status=500), ValueError("x")])
def test_a_failed_view_writes_nothing(
    response: HttpResponse | Exception, alice: User, tenants: tuple[Tenant, Tenant]
) -> None:
    _middleware(response, tenants[0])(_request(alice))
    assert _teams(tenants[0]) == 0


def test_a_lazy_template_is_rendered_inside_the_tenants_transaction(
    alice: User, tenants: tuple[Tenant, Tenant]
) -> None:
    template = engines["django"].from_string("{% for team in teams %}{{ team.name }}{% endfor %}")
    lazy = SimpleTemplateResponse(template, {"teams": _late_teams()})
    assert _middleware(lazy, tenants[0])(_request(alice)).content == b"written"


def _late_teams() -> Iterator[Team]:
    yield from Team.objects.all()


def test_who_is_not_signed_in_is_asked_to_whatever_the_address(
    tenants: tuple[Tenant, Tenant],
) -> None:
    view = _middleware(HttpResponse(), tenants[0])
    for path in ("/t/a/x", "/t/none/x"):
        answer = view(_request(AnonymousUser(), path))
        assert (answer.status_code, answer.headers["Location"]) == (302, f"/login?next={path}")
    assert _teams(tenants[0]) == 0


def test_unknown_slugs_and_suspended_tenants_get_the_same_404(
    alice: User, tenants: tuple[Tenant, Tenant]
) -> None:
    view = _middleware(HttpResponse(), tenants[0])
    for request in (_request(alice, "/t/b/x"), _request(alice, "/t/none/x")):
        with pytest.raises(Http404):
            view(request)
    Tenant.objects.filter(slug="a").update(suspended_at="2026-01-01T00:00Z")
    with pytest.raises(Http404):
        view(_request(alice))
    assert _teams(tenants[0]) == 0

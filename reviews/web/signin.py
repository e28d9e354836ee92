"""Sign-in, sign-out, and where they lead."""

from collections.abc import Sequence

from django.conf import settings
from django.contrib.auth import authenticate, logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reviews import access, policies, throttle
from reviews.accounts import factors
from reviews.models import Membership, User
from reviews.policies import Action
from reviews.queries import across
from reviews.web import forms
from reviews.web.context import THEMES
from reviews.web.requests import TenantRequest, next_address

YEAR_S = 31_536_000


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    wanted = next_address(request, request.POST.get("next") or request.GET.get("next", ""))
    if request.method != "POST":
        return _page(request, forms.SignIn(), wanted)
    form = forms.SignIn(request.POST)
    status = 422
    if form.is_valid():
        try:
            user = _known(request, form.cleaned_data["email"], form.cleaned_data["password"])
            if user is not None:
                return factors.begin(request, user, wanted)
            form.add_error(None, _("Email or password is not right."))
        except throttle.TooManyTries as refusal:
            form.add_error(None, f"{refusal.seen.capitalize()}. {refusal.remedy}")
            status = 429
    return _page(request, form, wanted, status=status)


def _page(
    request: HttpRequest, form: forms.SignIn, wanted: str, *, status: int = 200
) -> HttpResponse:
    context = {"form": form, "next": wanted, "providers": factors.providers()}
    return render(request, "sign_in/form.html", context, status=status)


def _known(request: HttpRequest, email: str, password: str) -> User | None:
    """Unknown and wrong take the same way and the same time. Raises TooManyTries."""
    address, now = request.META.get("REMOTE_ADDR", ""), timezone.now()
    throttle.check(email=email, address=address, now=now)
    user = authenticate(request, username=email.strip().lower(), password=password)
    if user is None:
        throttle.failed(email=email, address=address, now=now)
        return None
    throttle.succeeded(email=email, address=address)
    return user


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("sign-in")


@never_cache
@require_POST
def stay(request: HttpRequest) -> HttpResponse:
    """Asked for by who is about to be signed out; without a script it leads back."""
    if not request.user.is_authenticated:
        return HttpResponse(status=401)
    return redirect(next_address(request, request.POST.get("next", "")))


@never_cache
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The only tenant's first page, or the choice of tenants."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
    memberships = access.memberships_of(request.user)
    if len(memberships) != 1:
        return _switcher(request, memberships)
    return redirect(first_page(memberships[0].role), memberships[0].tenant.slug)


@never_cache
@require_safe
def tenant_switch(request: HttpRequest) -> HttpResponse:
    """The choice of tenants, also for who has only one."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
    return _switcher(request, access.memberships_of(request.user))


def _switcher(request: HttpRequest, memberships: Sequence[Membership]) -> HttpResponse:
    """Nothing is counted in a tenant that demands what the session has not."""
    entered = [each for each in memberships if not factors.lacking(request, each.tenant)]
    work = across.open_findings(entered)
    rows = [(each, _capped(work.get(each.pk, 0))) for each in memberships]
    waiting = next((each.tenant for each in entered if work.get(each.pk)), None)
    context = {"memberships": rows, "next": waiting}
    return render(request, "tenant/list.html", context)


def _capped(count: int) -> str:
    if count >= across.COUNT_AT_MOST:
        return f"{count:,}+"
    return str(count) if count else ""


@never_cache
@require_safe
def tenant_home(request: TenantRequest, slug: str) -> HttpResponse:
    """The page that the member works on in this tenant."""
    return redirect(first_page(request.membership.role), slug)


_FIRST = (
    (Action.SEE_QUEUE, "queue-list"),
    (Action.SEE_JOBS, "job-list"),
    (Action.SEE_CALLS, "call-list"),
)


def first_page(role: str) -> str:
    """The name of the page that somebody in this role works on."""
    return next(name for action, name in _FIRST if policies.can(role, action))


@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    form = forms.Theme(request.POST)
    theme = form.cleaned_data["theme"] if form.is_valid() else THEMES[0]
    answer = HttpResponseRedirect(next_address(request, request.POST.get("next", "")))
    answer.set_cookie(
        "theme", theme, max_age=YEAR_S, secure=request.is_secure(), httponly=True, samesite="Lax"
    )
    return answer

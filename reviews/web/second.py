"""The second factor at sign-in: a code, a recovery code, or a passkey."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from reviews import throttle
from reviews.accounts import factors
from reviews.web.drafts import UNPROCESSABLE


@sensitive_post_parameters("code", "credential")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_second(request: HttpRequest) -> HttpResponse:
    """Where no sign-in waits for it, back to the first page of signing in."""
    stage = None if request.user.is_authenticated else factors.waiting(request)
    if stage is None:
        return redirect("sign-in")
    user, now = stage.login.user, timezone.now()
    # A count of its own: the right password, which leads here, forgets the other.
    who = {"email": f"second {user.email}", "address": request.META.get("REMOTE_ADDR", "")}
    try:
        throttle.check(**who, now=now)
    except throttle.TooManyTries as refusal:
        return render(request, "sign_in/second.html", {"refused": refusal}, status=429)
    form, is_right = factors.asked(request, user)
    if is_right:
        throttle.succeeded(**who)
        answer: HttpResponse = stage.exit()
        return answer
    if form.is_bound:
        throttle.failed(**who, now=now)
    context = {"form": form, "options": factors.passkey_options(user)}
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "sign_in/second.html", context, status=status)

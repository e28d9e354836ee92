"""An invitation's link: its holder chooses a password, or joins with the account they have."""

from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from reviews.accounts import members
from reviews.errors import ErrorCode, Refused
from reviews.models.tenancy import tenant_context
from reviews.web.drafts import UNPROCESSABLE


class WelcomeForm(forms.Form):
    password = forms.CharField(
        label=gettext_lazy("Choose a password"),
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("At least 12 characters, and none of the common ones."),
    )


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: HttpRequest, tenant_id: UUID, member_id: UUID, secret: UUID) -> HttpResponse:
    """A link that is none answers alike, whatever is wrong with it."""
    now = timezone.now()
    with tenant_context(tenant_id):
        try:
            row = members.invited(tenant_id=tenant_id, member_id=member_id, secret=secret, now=now)
        except members.LinkRefused as refusal:
            return render(request, "errors/404.html", {"refused": refusal}, status=404)
        is_new = not row.user.has_usable_password()
        if not is_new and request.user != row.user:
            return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
        form = WelcomeForm(request.POST if request.method == "POST" and is_new else None)
        context = {"row": row, "is_new": is_new, "form": form}
        if request.method != "POST" or (is_new and not form.is_valid()):
            status = UNPROCESSABLE if form.is_bound else 200
            return render(request, "people/welcome.html", context, status=status)
        password = form.cleaned_data["password"] if is_new else ""
        by = request.user if request.user.is_authenticated else None
        try:
            members.accept(row, by=by, password=password, now=now)
        except Refused as refusal:
            if refusal.code is not ErrorCode.SETUP_REFUSED:
                raise
            form.add_error("password", str(refusal))
            return render(request, "people/welcome.html", context, status=UNPROCESSABLE)
    messages.success(request, _("You belong to %(tenant)s now.") % {"tenant": row.tenant.name})
    return redirect("tenant-home", row.tenant.slug)

"""Who belongs to the tenant, what each may, and the links by which people come in."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from reviews import access
from reviews.accounts import members
from reviews.accounts.members import Invited, Rights
from reviews.errors import Refused
from reviews.models import MemberRole, MemberScope, Membership, MembershipTeam
from reviews.policies import Action
from reviews.queries import members as shown
from reviews.web.drafts import UNPROCESSABLE
from reviews.web.requests import TenantRequest, needs
from reviews.web.widgets import PlainSelect


class RightsForm(forms.Form):
    """What a member may."""

    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=MemberRole.choices)
    scope = forms.ChoiceField(label=gettext_lazy("Sees"), choices=MemberScope.choices)
    teams = forms.MultipleChoiceField(
        label=gettext_lazy("Teams"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("They count where somebody sees the calls of own teams."),
    )

    def __init__(self, data: Any, *, tenant_id: UUID, **more: Any) -> None:
        super().__init__(data, **more)
        fields: dict[str, Any] = self.fields
        fields["teams"].choices = shown.teams(tenant_id)

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError where somebody would see no call at all."""
        seen = super().clean() or {}
        if seen.get("scope") == MemberScope.TEAMS and not seen.get("teams"):
            self.add_error("teams", _("No team is chosen. Choose one, or another reach."))
        return seen

    def rights(self) -> Rights:
        """Of a valid form."""
        seen = self.cleaned_data
        teams = [UUID(each) for each in seen["teams"]]
        return Rights(MemberRole(seen["role"]), MemberScope(seen["scope"]), teams)


class InviteForm(RightsForm):
    field_order = ("email", "name", "role", "scope", "teams")
    email = forms.EmailField(label=gettext_lazy("Email"), max_length=254)
    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=members.NAME_AT_MOST, required=False
    )


class MemberForm(RightsForm):
    agent = forms.ChoiceField(
        label=gettext_lazy("Is the agent"),
        required=False,
        widget=PlainSelect,
        help_text=gettext_lazy("Nobody decides on calls that they took part in."),
    )

    def __init__(self, data: Any, *, tenant_id: UUID, **more: Any) -> None:
        super().__init__(data, tenant_id=tenant_id, **more)
        fields: dict[str, Any] = self.fields
        fields["agent"].choices = [("", _("None")), *shown.agents(tenant_id)]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Action.MANAGE_PEOPLE)
def people_list(request: TenantRequest, slug: str) -> HttpResponse:
    """The members; a POST invites one more, and its answer shows the link this once."""
    tenant_id = request.membership.tenant_id
    if request.method != "POST":
        form = InviteForm(None, tenant_id=tenant_id, initial={"role": MemberRole.REVIEWER})
        return _list(request, form)
    form = InviteForm(request.POST, tenant_id=tenant_id)
    if not form.is_valid():
        return _list(request, form, status=UNPROCESSABLE)
    try:
        made = members.invite(
            tenant_id=tenant_id,
            email=form.cleaned_data["email"],
            name=form.cleaned_data["name"],
            rights=form.rights(),
            by=request.user,
            now=timezone.now(),
        )
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _list(request, form, status=UNPROCESSABLE)
    return _link(request, made)


def _list(request: TenantRequest, form: InviteForm, *, status: int = 200) -> HttpResponse:
    context = {"members": shown.listed(request.membership.tenant_id), "form": form}
    return render(request, "people/list.html", context, status=status)


def _link(request: TenantRequest, made: Invited) -> HttpResponse:
    names = (made.row.tenant_id, made.row.pk, made.secret)
    link = request.build_absolute_uri(reverse("welcome", args=names))
    return render(request, "people/invited.html", {"row": made.row, "link": link})


@never_cache
@require_safe
@needs(Action.MANAGE_PEOPLE)
def people_roles(request: TenantRequest, slug: str) -> HttpResponse:
    context = {"roles": MemberRole.labels, "rights": shown.rights()}
    return render(request, "people/roles.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Action.MANAGE_PEOPLE)
def people_detail(request: TenantRequest, slug: str, member_id: UUID) -> HttpResponse:
    """One member; a POST saves, deactivates, activates, or makes a new link."""
    row = access.get_membership_for(request.membership, member_id)
    form = MemberForm(None, tenant_id=row.tenant_id, initial=_initial(request, row))
    if request.method != "POST":
        return _detail(request, row, form)
    act = request.POST.get("act", "save")
    try:
        if act == "link":
            return _link(request, members.invite_again(row=row, **_by(request)))
        if act in _ACTS:
            _ACTS[act](row=row, **_by(request))
        else:
            form = MemberForm(request.POST, tenant_id=row.tenant_id)
            if not form.is_valid():
                return _detail(request, row, form, status=UNPROCESSABLE)
            _save(request, row, form)
    except Refused as refusal:
        return _detail(request, row, form, refused=refusal, status=409)
    messages.success(request, _("Saved. It holds from the person's next page on."))
    return redirect("people-list", slug)


_ACTS = {"deactivate": members.deactivate, "activate": members.activate}


def _save(request: TenantRequest, row: Membership, form: MemberForm) -> None:
    chosen = form.cleaned_data["agent"]
    agent = access.get_agent_for(request.membership, UUID(chosen)) if chosen else None
    members.link(row=row, agent=agent, **_by(request))
    members.change(row=row, rights=form.rights(), **_by(request))


def _by(request: TenantRequest) -> dict[str, Any]:
    return {"by": request.user, "now": timezone.now()}


def _initial(request: TenantRequest, row: Membership) -> dict[str, Any]:
    teams = access.scoped_to(MembershipTeam, row.tenant_id).filter(membership=row)
    agent = shown.agent_of(row)
    return {
        "role": row.role,
        "scope": row.scope,
        "teams": [str(each.team_id) for each in teams],
        "agent": str(agent.pk) if agent else "",
    }


def _detail(
    request: TenantRequest,
    row: Membership,
    form: MemberForm,
    *,
    refused: Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "row": row,
        "standing": shown.standing(row),
        "form": form,
        "refused": refused,
        "is_self": row.pk == request.membership.pk,
    }
    return render(request, "people/detail.html", context, status=status)

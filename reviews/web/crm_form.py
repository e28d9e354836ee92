"""The form of a CRM connection: who we are there, which object, and which of our fields goes
where."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reviews.export.crm import connections
from reviews.export.crm.fields import USUAL, proposed
from reviews.models import CrmConnection, CrmField, CrmSignIn, CrmSystem

_TO = "to_"
_NO_SPELLING = {"spellcheck": "false", "autocomplete": "off"}
OBJECTS = {
    CrmSystem.SALESFORCE: ("Compliance_Evaluation__c", "Ext_Id__c"),
    CrmSystem.HUBSPOT: ("", "verbatim_ext_id"),
}
"""The object and its key as docs/integrator/crm.md makes them."""


class _Secret(forms.Textarea):
    """Never sent back, not even to who typed it."""

    def format_value(self, value: Any) -> str:
        return ""


class CrmForm(forms.Form):
    """Of a new connection, or of `row`, whose secret is never shown."""

    name = forms.CharField(label=_("Name"), max_length=connections.NAME_AT_MOST)
    environment = forms.ChoiceField(
        label=_("Environment"),
        choices=[("production", _("Production")), ("sandbox", _("Sandbox"))],
    )
    sign_in = forms.ChoiceField(
        label=_("Sign-in"),
        choices=[(each.value, each.label) for each in (CrmSignIn.CLIENT, CrmSignIn.JWT)],
    )
    address = forms.CharField(
        label=_("Address"),
        required=False,
        max_length=connections.ADDRESS_AT_MOST,
        help_text=_("Empty: the usual one. Client credentials need https://….my.salesforce.com."),
    )
    client_id = forms.CharField(
        label=_("Consumer key"),
        max_length=connections.ID_AT_MOST,
        widget=forms.TextInput(attrs=_NO_SPELLING),
    )
    username = forms.CharField(
        label=_("User"),
        required=False,
        max_length=connections.NAME_AT_MOST,
        help_text=_("For JWT alone: in whose name records are written."),
        widget=forms.TextInput(attrs=_NO_SPELLING),
    )
    secret = forms.CharField(
        label=_("Secret"),
        max_length=connections.SECRET_AT_MOST,
        widget=_Secret(attrs={"rows": 3, **_NO_SPELLING}),
    )
    object_name = forms.CharField(
        label=_("Object"), max_length=100, help_text=_("Its API name: one record an evaluation.")
    )
    key_field = forms.CharField(
        label=_("Key"),
        max_length=100,
        help_text=_("Its unique field that takes our evaluation's id."),
    )
    since = forms.DateField(
        label=_("From"),
        help_text=_("Evaluations made or judged since then are written."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    only_forwarded = forms.BooleanField(
        label=_("Write only evaluations that a forwarding rule sends here"),
        help_text=_("And keep those up to date. Else every evaluation is written."),
        required=False,
    )

    def __init__(
        self, data: Any = None, *, system: CrmSystem, row: CrmConnection | None = None
    ) -> None:
        self.system = system
        super().__init__(data, initial=_initial(system, row))
        for each in CrmField:
            self.fields[f"{_TO}{each.value}"] = forms.CharField(
                label=each.label, required=False, max_length=100
            )
        if system is CrmSystem.HUBSPOT:
            for name in ("environment", "sign_in", "client_id", "username"):
                del self.fields[name]
            self.fields["address"].help_text = _("Empty: https://api.hubapi.com.")
        self.fields["secret"].help_text = _SECRETS[system]
        if row is not None:
            del self.fields["since"]
            self.fields["secret"].required = False
            self.fields["secret"].help_text = _("Empty: the one that is there stays.")

    def head(self) -> Iterator[forms.BoundField]:
        beside = ("only_forwarded", _TO)
        return (self[name] for name in self.fields if not name.startswith(beside))

    def targets(self) -> Iterator[forms.BoundField]:
        return (self[name] for name in self.fields if name.startswith(_TO))

    def since_at(self) -> datetime:
        day = self.cleaned_data["since"]
        return datetime(day.year, day.month, day.day, tzinfo=UTC)

    def wanted(self) -> connections.Wanted:
        """Of a valid form."""
        given = self.cleaned_data
        is_token = self.system is CrmSystem.HUBSPOT
        return connections.Wanted(
            name=given["name"],
            system=self.system,
            sign_in=CrmSignIn.TOKEN if is_token else CrmSignIn(given["sign_in"]),
            is_sandbox=given.get("environment") == "sandbox",
            address=given["address"],
            client_id=given.get("client_id", ""),
            username=given.get("username", ""),
            only_forwarded=given["only_forwarded"],
            secret=given["secret"],
            object_name=given["object_name"],
            key_field=given["key_field"],
            mapping={each: to for each in CrmField if (to := given[f"{_TO}{each.value}"])},
        )


_SECRETS = {
    CrmSystem.SALESFORCE: _("The consumer secret; for JWT the private key in PEM form."),
    CrmSystem.HUBSPOT: _("The access token of the private app."),
}


def _initial(system: CrmSystem, row: CrmConnection | None) -> dict[str, Any]:
    if row is None:
        object_name, key_field = OBJECTS[system]
        return {
            "name": system.label,
            "since": timezone.localdate(),
            "object_name": object_name,
            "key_field": key_field,
            **{f"{_TO}{each.value}": proposed(system, each) for each in USUAL},
        }
    return {
        "name": row.name,
        "environment": "sandbox" if row.is_sandbox else "production",
        "sign_in": row.sign_in,
        "address": row.address,
        "client_id": row.client_id,
        "username": row.username,
        "only_forwarded": row.only_forwarded,
        "object_name": row.object_name,
        "key_field": row.key_field,
        **{f"{_TO}{name}": to for name, to in row.mapping.items()},
    }

"""What people send by pages, checked; every refusal names what was sent and what to do."""

from typing import Any
from uuid import UUID

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from reviews.detection.rubric import GRAVEST_FIRST
from reviews.ingest.upload import SIZE
from reviews.models import SpeakerRole, Standing, Verdict
from reviews.queries.queue import Filters
from reviews.reviewing.decide import NOTE_AT_MOST, REASONS, Decision
from reviews.sources.assemblyai.client import EU, US

_ROLE = "role-"


class SignIn(forms.Form):
    email = forms.EmailField(
        label=_("Email"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class PlainSelect(forms.Select):
    """A select without a template for each option: a tenant's rules may be hundreds."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        options = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            ((v, SafeString(" selected") if v == value else "", text) for v, text in self.choices),
        )
        named = self.build_attrs({"name": name}, attrs)
        return format_html("<select{}>{}</select>", flatatt(named), options)


class QueueFilter(forms.Form):
    """The queue's address, as a form and as Filters."""

    standing = forms.ChoiceField(label=_("Standing"), choices=Standing.choices, required=False)
    severity = forms.ChoiceField(label=_("Severity"), required=False, widget=PlainSelect)
    rule = forms.ChoiceField(label=_("Rule"), required=False, widget=PlainSelect)
    agent = forms.ChoiceField(label=_("Agent"), required=False, widget=PlainSelect)
    after = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)

    def __init__(
        self, data: Any, *, rules: list[tuple[str, str]], agents: list[tuple[str, str]]
    ) -> None:
        super().__init__(data)
        fields: dict[str, Any] = self.fields
        fields["severity"].choices = [("", _("Any")), *((s, s.title()) for s in GRAVEST_FIRST)]
        fields["rule"].choices = [("", _("Any")), *rules]
        fields["agent"].choices = [("", _("Any")), *agents]

    def filters(self) -> Filters:
        """Of a valid form."""
        seen = self.cleaned_data
        return Filters(
            standing=Standing(seen["standing"] or Standing.OPEN),
            rule=seen["rule"],
            severity=seen["severity"],
            agent=UUID(seen["agent"]) if seen["agent"] else None,
            after=seen["after"],
        )


class Verdicts(forms.Form):
    """A verdict on a finding, and the sequence of the last review that its page showed."""

    verdict = forms.ChoiceField(choices=Verdict.choices)
    sequence = forms.IntegerField(min_value=0, max_value=2**31 - 2)
    reason = forms.ChoiceField(choices=[("", ""), *REASONS.items()], required=False)
    note = forms.CharField(max_length=NOTE_AT_MOST, required=False)
    next = forms.CharField(max_length=2000, required=False)

    def decision(self) -> Decision:
        """Of a valid form."""
        seen = self.cleaned_data
        return Decision(Verdict(seen["verdict"]), seen["sequence"], seen["reason"], seen["note"])


class Roles(forms.Form):
    """Who is who: a field `role-<voice>` for each, and the revision that the page showed."""

    revision = forms.IntegerField(min_value=1, max_value=2**31 - 2)

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError where a voice or a role is none."""
        fields = {name: text for name, text in self.data.items() if name.startswith(_ROLE)}
        try:
            self._roles = {
                UUID(name.removeprefix(_ROLE)): SpeakerRole(text) for name, text in fields.items()
            }
        except ValueError:
            raise forms.ValidationError("no voice or no role") from None
        return super().clean() or {}

    def roles(self) -> dict[UUID, SpeakerRole]:
        """Of a valid form: voice → role."""
        return self._roles


class Connect(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=200)
    base_url = forms.CharField(
        label=_("Address"),
        max_length=500,
        initial=US,
        help_text=_("%(us)s, or %(eu)s for an account in the EU.") % {"us": US, "eu": EU},
    )
    key = forms.CharField(
        label=_("API key"),
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Kept encrypted; it is never shown again."),
    )


class _Several(forms.ClearableFileInput):
    allow_multiple_selected = True


class Files(forms.FileField):
    """Several files under one name; their list, which may be empty."""

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        return [super(Files, self).clean(each, initial) for each in data or []]


class Import(forms.Form):
    documents = Files(
        label=_("Transcripts"),
        required=False,
        allow_empty_file=True,
        widget=_Several,
        help_text=_("JSON, JSONL, SRT, VTT or text, also as ZIP or GZ; %(size)s together.")
        % {"size": SIZE},
    )
    text = forms.CharField(
        label=_("Or a transcript as text"),
        required=False,
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Begin every turn as in “Agent: Hello.”"),
    )
    metadata = forms.FileField(
        label=_("Metadata"),
        required=False,
        allow_empty_file=True,
        help_text=_("A CSV table with a row for each call: agent, team, call time, ids."),
    )
    agent_label = forms.CharField(
        label=_("The agent's label"),
        required=False,
        max_length=100,
        help_text=_("The speaker or channel that is the agent, in the calls that have it."),
    )

    def clean(self) -> dict[str, Any]:
        seen = super().clean() or {}
        if not seen.get("documents") and not (seen.get("text") or "").strip():
            raise forms.ValidationError(_("There is nothing to import: choose a file."))
        return seen


class Theme(forms.Form):
    theme = forms.ChoiceField(choices=[(name, name) for name in ("system", "light", "dark")])
    next = forms.CharField(max_length=2000, required=False)

"""What people send by pages, checked; every refusal names what was sent and what to do."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from reviews.ingest.audio import Wanted
from reviews.ingest.reconcile import DAYS, DAYS_AT_MOST
from reviews.ingest.submit import LONGEST_PROFILE
from reviews.ingest.upload import SIZE
from reviews.models import AudioMode, CallKind, Direction, Source, SpeakerRole
from reviews.sources.assemblyai.client import EU, US
from reviews.sources.recordings import LONGEST_ADDRESS, LONGEST_VALUE

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


RETENTION = {
    "unknown": _("Not known: taken as 3 days"),
    "0": _("Nothing is deleted"),
    "72": _("3 days, as under a BAA"),
    "720": _("30 days"),
    "2160": _("90 days"),
    "own": _("Other"),
}
"""Hours that a source keeps its transcripts → in words."""


class NewKey(forms.Form):
    key = forms.CharField(
        label=_("Another API key"),
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Kept encrypted in place of the one before; it is never shown again."),
    )


class Watching(forms.Form):
    """How a source is polled, and how long it keeps its calls."""

    poll_every_s = forms.IntegerField(
        label=_("Poll every … seconds"),
        required=False,
        min_value=10,
        max_value=86_400,
        help_text=_("Empty: it is not polled; calls then come by webhook and nightly comparison."),
    )
    poll_overlap_h = forms.IntegerField(
        label=_("Look back over … hours"),
        min_value=1,
        max_value=2160,
        help_text=_("Calls end out of order: longer than the longest that a call is in work."),
    )
    retention = forms.ChoiceField(
        label=_("The source deletes transcripts after"), choices=list(RETENTION.items())
    )
    own_hours = forms.IntegerField(
        label=_("Other: hours"), required=False, min_value=1, max_value=87_600
    )

    erase_after_h = forms.IntegerField(
        label=_("Delete a call at the source … hours after it is here"),
        required=False,
        min_value=0,
        max_value=87_600,
        help_text=_(
            "Empty: never. What is here is then the only copy, recordings too: back it up."
        ),
    )

    @staticmethod
    def seen(source: Source) -> dict[str, Any]:
        """The fields as the source has them."""
        hours = source.upstream_retention_hours
        name = "unknown" if hours is None else str(hours)
        is_named = name in RETENTION
        return {
            "poll_every_s": source.poll_every_s,
            "poll_overlap_h": source.poll_overlap_h,
            "retention": name if is_named else "own",
            "own_hours": None if is_named else hours,
            "erase_after_h": source.erase_after_h,
        }

    def clean(self) -> dict[str, Any]:
        seen = super().clean() or {}
        is_named = "own_hours" in self.errors or seen.get("own_hours")
        if seen.get("retention") == "own" and not is_named:
            self.add_error("own_hours", _("Write after how many hours, or choose from the list."))
        return seen

    def settings(self) -> dict[str, Any]:
        """Of a valid form, as control.set_up takes them."""
        seen = self.cleaned_data
        hours = {"own": seen["own_hours"], "unknown": None}
        name = seen["retention"]
        return {
            "poll_every_s": seen["poll_every_s"],
            "poll_overlap_h": seen["poll_overlap_h"],
            "upstream_retention_hours": hours[name] if name in hours else int(name),
            "erase_after_h": seen["erase_after_h"],
        }


class Recordings(forms.Form):
    """What becomes of the recordings of a source's calls."""

    mode = forms.ChoiceField(label=_("Recordings"), choices=AudioMode.choices)
    link = forms.CharField(
        label=_("Linked: the address in your recorder"),
        required=False,
        max_length=500,
        help_text=_("As https://recorder.example/calls/{external_id}?t={seconds}"),
    )
    days = forms.IntegerField(
        label=_("Kept here: for … days"),
        required=False,
        min_value=1,
        max_value=36_500,
        help_text=_("Also of redacted ones. Empty: for as long as the call is kept."),
    )
    is_redacted_kept = forms.BooleanField(
        label=_("Keep redacted recordings"),
        required=False,
        help_text=_("The source has them for 24 hours, so they are fetched at once."),
    )

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        # Beside other forms on its page, one of which has days, too.
        super().__init__(data, initial=initial, auto_id="recordings-%s")

    @staticmethod
    def seen(source: Source) -> dict[str, Any]:
        """The fields as the source has them."""
        return {
            "mode": source.audio_mode,
            "link": source.audio_link,
            "days": source.audio_days,
            "is_redacted_kept": source.is_redacted_kept,
        }

    def wanted(self) -> Wanted:
        """Of a valid form."""
        seen = self.cleaned_data
        mode = AudioMode(seen["mode"])
        return Wanted(mode, seen["link"], seen["days"], is_redacted_kept=seen["is_redacted_kept"])


class Compare(forms.Form):
    days = forms.IntegerField(
        label=_("Days back"), min_value=1, max_value=DAYS_AT_MOST, initial=DAYS
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


class Submit(forms.Form):
    """A recording, and what is told of its call: the names of reviews/sources/recordings.py."""

    audio_url = forms.CharField(
        label=_("Address of the recording"),
        required=False,
        max_length=LONGEST_ADDRESS,
        help_text=_("The vendor fetches it: it is to be reached from the internet."),
    )
    file = forms.FileField(
        label=_("Or a file"),
        required=False,
        allow_empty_file=True,
        help_text=_("At most 32 MB; a longer one by its address."),
    )
    call_id = forms.CharField(
        label=_("Your id of the call"), required=False, max_length=LONGEST_VALUE
    )
    agent = forms.CharField(label=_("The agent's id"), required=False, max_length=LONGEST_VALUE)
    call_at = forms.CharField(
        label=_("Time of the call"),
        required=False,
        max_length=LONGEST_VALUE,
        help_text=_("With its zone, as 2026-01-31T08:00:00+01:00."),
    )
    direction = forms.ChoiceField(
        label=_("Direction"), required=False, choices=[("", _("Not known")), *Direction.choices]
    )
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("Not known")), *CallKind.choices]
    )
    queue = forms.CharField(label=_("Queue"), required=False, max_length=LONGEST_VALUE)
    again = forms.BooleanField(label=_("Also if it was submitted before"), required=False)


class Features(forms.Form):
    profile = forms.CharField(
        label=_("Features as JSON"),
        max_length=LONGEST_PROFILE,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
    )


class Theme(forms.Form):
    theme = forms.ChoiceField(choices=[(name, name) for name in ("system", "light", "dark")])
    next = forms.CharField(max_length=2000, required=False)

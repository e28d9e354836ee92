"""The queue's filters, a verdict, and what else is done with a finding, as forms."""

from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reviews.detection.rubric import GRAVEST_FIRST
from reviews.models import SuppressedBy, Verdict
from reviews.queries.choices import Choices
from reviews.queries.queue_query import LONGEST, Filters, Stands
from reviews.reviewing.bulk import BULK_AT_MOST
from reviews.reviewing.decide import NOTE_AT_MOST, Decision
from reviews.reviewing.suppress import SuppressionRefused, Wanted
from reviews.web.widgets import PlainSelect

STANDS = {
    Stands.OPEN: _("Open"),
    Stands.ESCALATED: _("Escalated"),
    Stands.SECOND: _("Second opinion"),
    Stands.UNDECIDED: _("Open, escalated or second opinion"),
    Stands.UPHELD: _("Confirmed"),
    Stands.DISMISSED: _("Dismissed"),
    Stands.DECIDED: _("Confirmed or dismissed"),
    Stands.SUPPRESSED: _("Suppressed"),
    Stands.SUPERSEDED: _("Superseded"),
}
AGES = {
    "": _("Any"), ">4h": _("Over 4 hours"), ">1d": _("Over a day"), ">1w": _("Over a week"),
    "<1d": _("Under a day"),
}  # fmt: skip


class QueueFilter(forms.Form):
    """The queue's text as a form: what is chosen here is written there."""

    stands = forms.ChoiceField(
        label=_("Standing"), choices=list(STANDS.items()), widget=PlainSelect
    )
    severity = forms.ChoiceField(label=_("Severity"), required=False, widget=PlainSelect)
    rule = forms.ChoiceField(label=_("Rule"), required=False, widget=PlainSelect)
    agent = forms.ChoiceField(label=_("Agent"), required=False, widget=PlainSelect)
    assignee = forms.CharField(label=_("Assigned to"), required=False, widget=PlainSelect)
    age = forms.CharField(label=_("Waiting"), required=False, widget=PlainSelect)
    phrase = forms.CharField(label=_("Words"), required=False, max_length=200)
    is_overdue = forms.BooleanField(label=_("Overdue"), required=False)
    is_held = forms.BooleanField(label=_("Put off"), required=False)
    is_unsure = forms.BooleanField(label=_("Unsure"), required=False)
    is_absent = forms.BooleanField(label=_("Not said"), required=False)

    def __init__(self, data: Any, offered: Choices, *, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        fields: dict[str, Any] = self.fields
        given = initial or {}
        graver = [
            *((s, s.title()) for s in GRAVEST_FIRST),
            *((f">={s}", _("%(severity)s or graver") % {"severity": s.title()})
              for s in GRAVEST_FIRST[1:-1]),
        ]  # fmt: skip
        people = [("me", _("Me")), ("none", _("Nobody"))]
        choices: dict[str, list[tuple[Any, Any]]] = {
            "severity": [("", _("Any")), *graver],
            "rule": [("", _("Any")), *offered.rules],
            "agent": [("", _("Any")), *((name, name) for name in offered.agents)],
            "assignee": [("", _("Any")), *people],
            "age": list(AGES.items()),
        }
        for name, values in choices.items():
            asked = given.get(name, "")  # by the text it may be what no list offers
            known = [*values, *([(asked, asked)] if asked not in dict(values) else [])]
            fields[name].widget.choices = known
            if isinstance(fields[name], forms.ChoiceField):
                fields[name].choices = known

    def filters(self, shown: Filters) -> Filters:
        """Of a valid form, with what of `shown` no field of it says."""
        seen: dict[str, Any] = {
            name: text.replace('"', "") if isinstance(text, str) else text
            for name, text in self.cleaned_data.items()
        }
        return replace(shown, **seen | {"stands": Stands(seen["stands"]), "after": ""})


class Verdicts(forms.Form):
    """A verdict on a finding, and the sequence of the last review that its page showed."""

    verdict = forms.ChoiceField(choices=Verdict.choices)
    sequence = forms.IntegerField(min_value=0, max_value=2**31 - 2)
    reason = forms.CharField(max_length=50, required=False)
    note = forms.CharField(max_length=NOTE_AT_MOST, required=False)
    severity = forms.ChoiceField(
        choices=[("", ""), *((s, s) for s in GRAVEST_FIRST)], required=False
    )
    silence = forms.CharField(max_length=30, required=False)
    """“Do not flag again”: what matches, for how many days, for whom; "" for once only."""
    next = forms.CharField(max_length=2000, required=False)

    def decision(self) -> Decision:
        """Of a valid form."""
        seen = self.cleaned_data
        return Decision(
            Verdict(seen["verdict"]),
            seen["sequence"],
            reason=seen["reason"],
            note=seen["note"],
            severity=seen["severity"],
        )

    def suppression(self) -> Wanted | None:
        """Of a valid form. Raises SuppressionRefused."""
        text = self.cleaned_data["silence"]
        if not text:
            return None
        matches, _, rest = text.partition(" ")
        days, _, whose = rest.partition(" ")
        if matches not in SuppressedBy.values or not days.isdecimal():
            raise SuppressionRefused(
                "The suppression was not made", "a choice that this page did not make",
                "Load the page again.",
            )  # fmt: skip
        return Wanted(SuppressedBy(matches), int(days), is_agents=whose == "agent")


class Hand(forms.Form):
    """What is done with a finding that is no verdict."""

    act = forms.ChoiceField(
        choices=[(act, act) for act in ("claim", "take", "release", "mine", "assign", "hold")]
    )
    to = forms.UUIDField(required=False)
    """A membership; none: nobody's."""
    hours = forms.IntegerField(min_value=0, max_value=24 * 90, required=False)
    """For how long it is put off; 0: not any more."""
    next = forms.CharField(max_length=2000, required=False)


class Bulk(forms.Form):
    """One act on many findings; each is named with the sequence that its page showed."""

    act = forms.ChoiceField(
        choices=[(act, act) for act in ("dismiss", "escalate", "assign", "hold")]
    )
    reason = forms.CharField(max_length=50, required=False)
    to = forms.UUIDField(required=False)
    hours = forms.IntegerField(min_value=0, max_value=24 * 90, required=False)
    q = forms.CharField(max_length=LONGEST, required=False)
    is_all = forms.BooleanField(required=False)
    count = forms.IntegerField(min_value=0, max_value=BULK_AT_MOST, required=False)
    """Of all that match, how many the page showed: where they are others now, nothing is done."""


class View(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=60)
    query = forms.CharField(max_length=LONGEST, required=False)
    is_shared = forms.BooleanField(label=_("For the whole team"), required=False)
    is_gone = forms.BooleanField(required=False)

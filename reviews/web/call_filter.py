"""The address of the list of calls, as a form and as Filters."""

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from reviews.detection import phrases
from reviews.queries.calls import Filters
from reviews.queries.found_lines import Phrase
from reviews.queries.queue_query import FilterRefused
from reviews.web.widgets import PlainSelect

LONGEST_PHRASE = 200
WORDS_AT_MOST = 20
_BY = {"": "aco", "agent": "a", "customer": "c"}
_ANY = _("Anybody")
_FIRST, _LAST = date(1970, 1, 2), date(2999, 12, 30)


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        validators=[MinValueValidator(_FIRST), MaxValueValidator(_LAST)],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )


class CallFilter(forms.Form):
    phrase = forms.CharField(
        label=_("Phrase"),
        max_length=LONGEST_PHRASE,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    by = forms.ChoiceField(
        label=_("Said by"),
        choices=[("", _ANY), ("agent", _("Agent")), ("customer", _("Customer"))],
        required=False,
        widget=PlainSelect,
    )
    agent = forms.ChoiceField(label=_("Agent of the call"), required=False, widget=PlainSelect)
    since = _day(_("From"))
    until = _day(_("Until"))
    below = forms.FloatField(
        label=_("Machine score below, %"), min_value=0, max_value=100, required=False
    )
    not_assessable = forms.BooleanField(label=_("Something not assessable"), required=False)
    after = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, agents: list[tuple[str, str]]) -> None:
        super().__init__(data)
        fields: dict[str, Any] = self.fields
        fields["agent"].choices = [("", _("Any")), *agents]

    def filters(self) -> Filters:
        """Raises FilterRefused."""
        if not self.is_valid():
            raise FilterRefused(
                "The search is refused",
                ", ".join(f"{name} as sent" for name in self.errors),
                f"A phrase has at most {LONGEST_PHRASE} characters, dates are as 2026-11-22, the "
                "score is 0 to 100, and agents are those of the list.",
            )
        seen = self.cleaned_data
        return Filters(
            phrase=phrase(seen["phrase"], seen["by"]),
            since=seen["since"],
            until=seen["until"],
            agent=UUID(seen["agent"]) if seen["agent"] else None,
            below=seen["below"],
            not_assessable=seen["not_assessable"],
            after=seen["after"],
        )

    def shown(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name != "after"]


def phrase(text: str, by: str = "") -> Phrase | None:
    """None of no text. Raises FilterRefused."""
    if not text:
        return None
    tokens = phrases.tokens_of(text)
    if not 0 < len(tokens) <= WORDS_AT_MOST:
        raise FilterRefused(
            "The search is refused",
            f"a phrase of {len(tokens)} words",
            f"Write one to {WORDS_AT_MOST} words as they are said; marks alone are not searched.",
        )
    return Phrase(tuple(tokens), _BY[by])

"""Every component of the pages on one page, for who changes them: GALLERY=1 adds /gallery."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from compliance_app.urls import urlpatterns as of_product
from reviews.queries.call import Line
from reviews.queries.shown import Piece

COLOURS = (
    "ground", "surface", "sunken", "line", "edge", "text", "quiet", "accent", "accent-solid",
    "accent-wash", "bad", "bad-wash", "warn", "warn-wash", "good", "good-wash", "agent",
    "customer",
)  # fmt: skip


_SAID = (Piece("You can"), Piece("skip the dose.", "hit"))
_MASKED = (Piece("My card is"), Piece("card number", is_masked=True))
LINES = (
    Line(0, "agent", "A", 0, 3000, _SAID, (1,)),
    Line(1, "customer", "B", 4000, 6000, _MASKED, ()),
)


class Fields(forms.Form):
    """Each kind of field; `wrong` is sent with what it refuses."""

    name = forms.CharField(label="A line of text", help_text="With a word of help.", max_length=60)
    wrong = forms.IntegerField(label="A number that was refused", min_value=1)
    text = forms.CharField(label="Many lines", widget=forms.Textarea(attrs={"rows": 3}))
    one = forms.ChoiceField(label="One of some", choices=[("a", "The first"), ("b", "The second")])
    day = forms.DateField(label="A day", widget=forms.DateInput(attrs={"type": "date"}))


@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    filled = {"name": "Ann", "wrong": "0", "text": "It was said.", "one": "b", "day": "2026-11-22"}
    context = {
        "form": Fields(filled),
        "colours": COLOURS,
        "severities": ("critical", "high", "medium", "low", "info"),
        "standings": ("open", "upheld", "dismissed", "escalated"),
        "levels": ("error", "warning", "success"),
        "hues": range(8),
        "lines": LINES,
    }
    return render(request, "gallery/page.html", context)


urlpatterns = [path("gallery", gallery, name="gallery"), *of_product]

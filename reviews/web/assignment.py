"""Which rubrics judge which calls: the list to be read, and to be changed and tried before."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from reviews.errors import Refused
from reviews.models import Assignment
from reviews.policies import Action
from reviews.queries import assignment, assignment_page, assignment_preview
from reviews.queries.assignment import BY_TEXT, CONDITIONS, AssignmentRow
from reviews.queries.assignment_page import LABELS, Named
from reviews.rubrics import assign
from reviews.web.drafts import UNPROCESSABLE, author
from reviews.web.requests import TenantRequest, needs

LONGEST_VALUE = 100
Typed = Mapping[str, list[str]]
"""One row as a form sent it: field → values, right or wrong."""
NAMES = (*CONDITIONS, "rubrics", "goes_on")
MOVES = {"up": -1, "down": 1}


class Lines(forms.CharField):
    """Values, one a line."""

    widget = forms.Textarea(attrs={"rows": 1})

    def clean(self, value: Any) -> tuple[str, ...]:
        """Raises ValidationError where a value is longer than any that a call can have."""
        lines = (line.strip() for line in super().clean(value).splitlines())
        values = tuple(dict.fromkeys(line for line in lines if line))
        if any(len(each) > LONGEST_VALUE for each in values):
            raise forms.ValidationError(
                _("A value is longer than %(n)d characters. Write one a line.")
                % {"n": LONGEST_VALUE}
            )
        return values


class RowForm(forms.Form):
    """A row of the list; `of` has what can be chosen."""

    def __init__(self, data: Any, *, prefix: str, of: Named) -> None:
        super().__init__(data, prefix=prefix)
        for name in CONDITIONS:
            self.fields[name] = (
                Lines(label=LABELS[name], required=False)
                if name in BY_TEXT
                else _boxes(LABELS[name], getattr(of, name))
            )
        self.fields["rubrics"] = _boxes(gettext_lazy("Rubrics"), of.rubrics)
        self.fields["goes_on"] = forms.BooleanField(
            label=gettext_lazy("Then ask the next rows, too"), required=False
        )

    def row(self) -> AssignmentRow:
        """Of a valid form."""
        seen = self.cleaned_data
        values = {name: tuple(seen[name]) for name in (*CONDITIONS, "rubrics")}
        return AssignmentRow(**values, goes_on=seen["goes_on"])

    def boxes(self) -> list[forms.BoundField]:
        return [self[name] for name in CONDITIONS if name not in BY_TEXT]

    def texts(self) -> list[forms.BoundField]:
        return [self[name] for name in BY_TEXT]


def _boxes(label: Any, names: Mapping[str, str]) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        choices=list(names.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


@never_cache
@require_safe
@needs(Action.SEE_RUBRICS)
def assignment_detail(request: TenantRequest, slug: str) -> HttpResponse:
    """The list that holds, or the one of `number`; with `preview`, what it does with calls."""
    member = request.membership
    newest = assignment.newest(member.tenant_id)
    number = request.GET.get("number", "")
    row = assignment_page.numbered(member, number) if number else newest
    rows = assignment.rows_of(row) if row else ()
    preview = None
    if "preview" in request.GET:
        preview = assignment_preview.preview(member, rows, now=timezone.now())
    context = {
        "row": row,
        "is_old": bool(row and newest and row.pk != newest.pk),
        "rows": assignment_page.shown(rows, assignment_page.named(member)),
        "history": assignment_page.history(member),
        "preview": preview,
        "days": assignment_preview.DAYS,
    }
    return render(request, "assignment/detail.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Action.WRITE_RUBRICS)
def assignment_change(request: TenantRequest, slug: str) -> HttpResponse:
    """The list as a form. Nothing is kept until it is saved: every other act shows it anew."""
    member = request.membership
    newest = assignment.newest(member.tenant_id)
    of = assignment_page.named(member)
    if request.method != "POST":
        return _shown(request, _forms(_stored(newest), of), newest)
    act, seen = request.POST.get("act", "preview"), request.POST.get("seen", "")
    row_forms = _forms(_acted(_typed(request.POST), act), of)
    if act not in ("save", "preview"):
        return _shown(request, row_forms, newest, seen=seen)
    # Each of them, so that every field says what is wrong.
    if [form for form in row_forms if not form.is_valid()]:
        return _shown(request, row_forms, newest, seen=seen, is_checked=True)
    rows = [form.row() for form in row_forms]
    if act == "preview":
        preview = assignment_preview.preview(member, rows, now=timezone.now())
        return _shown(request, row_forms, newest, seen=seen, preview=preview)
    try:
        assign.save(tenant_id=member.tenant_id, rows=rows, author=author(request))
    except Refused as refusal:
        now = assignment.newest(member.tenant_id)
        return _shown(request, row_forms, now, refused=str(refusal))
    messages.success(request, _("Saved. It goes for calls that come from now on."))
    return redirect("assignment-detail", slug)


def _stored(row: Assignment | None) -> list[Typed]:
    """A list as its form would send it."""
    return [_sent(each) for each in assignment.rows_of(row)] if row else []


def _sent(row: AssignmentRow) -> Typed:
    sent = {name: list(getattr(row, name)) for name in (*CONDITIONS, "rubrics")}
    texts = {name: ["\n".join(sent[name])] for name in BY_TEXT}
    return sent | texts | {"goes_on": ["on"] if row.goes_on else []}


def _typed(sent: QueryDict) -> list[Typed]:
    """The rows of a form; one more than may be is told when it is saved."""
    count = sent.get("rows", "")
    rows = int(count[:4]) if count.isascii() and count.isdigit() else 0
    return [
        {name: sent.getlist(f"{at}-{name}") for name in NAMES}
        for at in range(min(rows, assign.ROWS_AT_MOST + 1))
    ]


def _acted(rows: list[Typed], act: str) -> list[Typed]:
    """After `add`, `drop-<place>`, `up-<place>` or `down-<place>`; places are counted from 0."""
    if act == "add":
        return [*rows, {}]
    what, _dash, text = act.partition("-")
    at = int(text) if text.isascii() and text.isdigit() else len(rows)
    if what == "drop":
        return [row for place, row in enumerate(rows) if place != at]
    other = at + MOVES.get(what, 0)
    if at < len(rows) and 0 <= other < len(rows):
        rows[at], rows[other] = rows[other], rows[at]
    return rows


def _forms(rows: Sequence[Typed], of: Named) -> list[RowForm]:
    sent = {f"{at}-{name}": row.get(name, []) for at, row in enumerate(rows) for name in NAMES}
    data: MultiValueDict[str, str] = MultiValueDict(sent)
    return [RowForm(data, prefix=str(at), of=of) for at in range(len(rows))]


def _shown(
    request: TenantRequest,
    row_forms: Sequence[RowForm],
    newest: Assignment | None,
    *,
    seen: str = "",
    is_checked: bool = False,
    refused: str = "",
    preview: assignment_preview.Preview | None = None,
) -> HttpResponse:
    """`seen` is the number of the list that the author began from; else the newest is."""
    context = {
        "forms": row_forms,
        "seen": seen or (newest.number if newest else 0),
        "newest": newest,
        "is_checked": is_checked,
        "refused": refused,
        "preview": preview,
        "days": assignment_preview.DAYS,
        "most": assign.ROWS_AT_MOST,
    }
    status = UNPROCESSABLE if refused or is_checked else 200
    return render(request, "assignment/change.html", context, status=status)

"""A reference document of a rubric as a form: its clauses and its facts, a row each."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reviews.detection.document import RubricError

BLANK_ROWS = 3
ROWS_AT_MOST = 1_100
"""Sent of one kind; more than a rubric may have."""
_FACT, _CLAUSE = "fact", "clause"


class DocumentForm(forms.Form):
    code = forms.CharField(
        label=_("Code"), max_length=100, help_text=_("Short and lasting: findings name it.")
    )
    title = forms.CharField(label=_("Title"), max_length=200, required=False)
    version = forms.CharField(
        label=_("Version"),
        max_length=100,
        help_text=_("Of your own document, such as 3 or 2026-01: findings say which one held."),
    )


class ClauseForm(forms.Form):
    code = forms.CharField(label=_("Number"), max_length=100, required=False)
    text = forms.CharField(
        label=_("What it says"),
        max_length=10_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clause(self) -> dict[str, Any]:
        seen = self.cleaned_data
        return {"code": seen["code"], "text": seen["text"].replace("\r\n", "\n")}


class FactForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=100, required=False)
    value = forms.CharField(
        label=_("Value, with its unit"),
        max_length=2_000,
        required=False,
        help_text=_("As it is said: 30 days, $35, 8.5%. Several right ones: a ; between."),
    )
    equivalents = forms.CharField(
        label=_("As good as it"),
        max_length=2_000,
        required=False,
        help_text=_("Such as: a month. Several: a ; between."),
    )
    clause = forms.CharField(label=_("Clause"), max_length=100, required=False)

    def fact(self) -> dict[str, Any]:
        seen = self.cleaned_data
        values = _parts(seen["value"])
        return {
            "name": seen["name"],
            "value": values if ";" in seen["value"] else seen["value"],
            "clause": seen["clause"],
            "equivalents": _parts(seen["equivalents"]),
        }


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


class Forms:
    """The form of a document with those of its rows; an empty row counts for nothing."""

    def __init__(
        self, sent: Mapping[str, Any] | None = None, *, document: Mapping[str, Any] | None = None
    ) -> None:
        """Bound to what was sent, else to show `document`, with blank rows behind its own."""
        self.told = ""
        """What refuses all of it, outside its fields."""
        seen = document or {}
        self.head = DocumentForm(sent, initial=dict(seen))
        clauses = [_plain(each) for each in seen.get("clauses", ())]
        facts = [_seen(each) for each in seen.get("facts", ())]
        self.clauses = _rows(ClauseForm, _CLAUSE, sent, clauses)
        self.facts = _rows(FactForm, _FACT, sent, facts)

    @classmethod
    def typed(cls, sent: Mapping[str, Any]) -> "Forms":
        """What was typed, with blank rows behind it, and nothing said yet of what is wrong."""
        head = {name: sent.get(name, "") for name in DocumentForm.base_fields}
        rows = {
            "clauses": _typed(ClauseForm, _CLAUSE, sent),
            "facts": _typed(FactForm, _FACT, sent),
        }
        return cls(document=head | rows)

    @property
    def errors(self) -> bool:
        return any(form.errors for form in (self.head, *self.clauses, *self.facts))

    def is_valid(self) -> bool:
        return all(form.is_valid() for form in (self.head, *self.clauses, *self.facts))

    def document(self) -> dict[str, Any]:
        """Of valid forms, the document as a rubric has it."""
        head = self.head.cleaned_data
        return {
            "code": head["code"],
            "title": head["title"] or head["code"],
            "version": head["version"],
            "clauses": [row.clause() for row in self._filled(self.clauses)],
            "facts": [row.fact() for row in self._filled(self.facts)],
        }

    def refuse(self, error: RubricError, path: str) -> None:
        """Put a refusal of the rubric at the field of this document (at `path`) it speaks of."""
        own = error.path.removeprefix(f"{path}.")
        name, _bracket, rest = own.partition("[")
        rows = {"clauses": self.clauses, "facts": self.facts}.get(name)
        if own == error.path or rows is None or not rest:
            self._refuse_head(own, error)
            return
        at, _dot, key = rest.partition("]")
        row = self._filled(rows)[int(at)]
        key = key.removeprefix(".").split("[")[0]
        row.add_error(key if key in row.fields else None, error.message)

    def _refuse_head(self, name: str, error: RubricError) -> None:
        if name in self.head.fields:
            self.head.add_error(name, error.message)
        else:
            self.head.add_error(None, str(error))

    @staticmethod
    def _filled(rows: Sequence[Any]) -> list[Any]:
        return [row for row in rows if any(row.cleaned_data.values())]


def _rows(
    kind: type[forms.Form],
    name: str,
    sent: Mapping[str, Any] | None,
    seen: Sequence[Mapping[str, Any]],
) -> list[Any]:
    if sent is None:
        initial = [*seen, *({} for _ in range(BLANK_ROWS))]
        return [kind(initial=dict(each), prefix=f"{name}-{at}") for at, each in enumerate(initial)]
    return [kind(sent, prefix=f"{name}-{at}") for at in range(_count(kind, name, sent))]


def _count(kind: type[forms.Form], name: str, sent: Mapping[str, Any]) -> int:
    first = next(iter(kind.base_fields))
    return sum(f"{name}-{at}-{first}" in sent for at in range(ROWS_AT_MOST))


def _typed(kind: type[forms.Form], name: str, sent: Mapping[str, Any]) -> list[dict[str, str]]:
    """The rows with anything in them."""
    rows = [
        {key: sent.get(f"{name}-{at}-{key}", "") for key in kind.base_fields}
        for at in range(_count(kind, name, sent))
    ]
    return [row for row in rows if any(row.values())]


def _plain(clause: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(clause.get(name, "")) for name in ("code", "text")}


def _seen(fact: Mapping[str, Any]) -> dict[str, str]:
    """The fields of a fact; of one value in a list there is a ; behind it."""
    value, others = fact.get("value", ""), fact.get("equivalents", ())
    many = isinstance(value, list)
    shown = "; ".join(map(str, value)) + (";" if len(value) == 1 else "") if many else str(value)
    return {
        "name": str(fact.get("name", "")),
        "value": shown,
        "clause": str(fact.get("clause", "")),
        "equivalents": others if isinstance(others, str) else "; ".join(map(str, others)),
    }

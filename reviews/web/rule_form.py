"""A rule as a form: every field of its document, errors in place."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import yaml
from django import forms
from django.utils.translation import gettext_lazy as _

from reviews.detection.document import RubricError
from reviews.detection.rubric import GRAVEST_FIRST
from reviews.rubrics.document import RubricFileRefused, parsed
from reviews.web.simple_form import SimpleForm

EXAMPLES = ("must_match", "must_not_match", "known_gap")
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_SEVERITIES = [(each.value, each.value.title()) for each in GRAVEST_FIRST]
_WHEN = [("found", _("is said: broken where it is heard")),
         ("absent", _("is left out: broken where it is not heard"))]  # fmt: skip
_PLAIN = ("code", "title", "section", "why", "severity", "weight", "auto_fail", "violation_when")
_FIELDS = {"check.query": "query", "check": "check"}


def _area(rows: int, **attrs: Any) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "spellcheck": "false", **attrs})


class RuleForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        max_length=100,
        help_text=_("Short and lasting: verdicts and reports name the rule by it."),
    )
    title = forms.CharField(label=_("Title"), max_length=200, required=False)
    section = forms.ChoiceField(label=_("Section"), required=False)
    why = forms.CharField(
        label=_("Why it matters"),
        max_length=1_000,
        required=False,
        help_text=_("One line, shown to the reviewer beside the finding."),
    )
    severity = forms.ChoiceField(label=_("Severity"), choices=_SEVERITIES, initial="medium")
    weight = forms.FloatField(label=_("Weight"), min_value=0, max_value=1_000, initial=1)
    auto_fail = forms.BooleanField(label=_("Fails the whole call"), required=False)
    violation_when = forms.ChoiceField(label=_("It breaks the rule when this"), choices=_WHEN)
    query = forms.CharField(
        label=_("Query"),
        required=False,
        max_length=1_000_000,
        widget=_area(4),
        help_text=_("What is looked for, in the rule language. Empty for another kind of check."),
    )
    check = forms.CharField(
        label=_("Another check"),
        required=False,
        max_length=1_000_000,
        widget=_area(3),
        help_text=_("In place of a query, as YAML: pii, coverage, fact, conduct …"),
    )
    applies_when = forms.CharField(
        label=_("Only on calls where"), required=False, max_length=100_000, widget=_area(2)
    )
    languages = forms.CharField(
        label=_("Languages"),
        required=False,
        max_length=2_000,
        help_text=_("Codes with commas between, such as en, es. Empty: every language."),
    )
    must_match = forms.CharField(
        label=_("Must be found"),
        required=False,
        max_length=1_000_000,
        widget=_area(4),
        help_text=_("Lines of agent: … and customer: …; a blank line between two examples."),
    )
    must_not_match = forms.CharField(
        label=_("Must not be found"), required=False, max_length=1_000_000, widget=_area(4)
    )
    known_gap = forms.CharField(
        label=_("Known gaps"),
        required=False,
        max_length=1_000_000,
        widget=_area(2),
        help_text=_("What should be found and is not yet; once it is, move it up."),
    )

    def __init__(
        self,
        *given: Any,
        document: Mapping[str, Any],
        simple: SimpleForm | None = None,
        **named: Any,
    ) -> None:
        """A form of the document's rules: their sections are to choose from.

        `simple` holds the query in place of the two fields for a check.
        """
        super().__init__(*given, **named)
        self.simple = simple
        sections = [(each["code"], each.get("title", each["code"]))
                    for each in document.get("sections", ())]  # fmt: skip
        choice = self.fields["section"]
        if isinstance(choice, forms.ChoiceField):
            choice.choices = sections or [("", _("none"))]

    @staticmethod
    def seen(rule: Mapping[str, Any]) -> dict[str, Any]:
        """The fields of a rule's document."""
        check = rule.get("check", {})
        is_query = set(check) == {"query"}
        examples = rule.get("examples", {})
        return {
            **{name: rule[name] for name in _PLAIN if name in rule},
            "query": check["query"] if is_query else "",
            "check": "" if is_query or not check else _written(check),
            "applies_when": rule.get("applies_when", ""),
            "languages": ", ".join(rule.get("languages", ())),
            **{name: "\n\n".join(examples.get(name, ())) for name in EXAMPLES},
        }

    def clean(self) -> dict[str, Any]:
        seen = super().clean() or {}
        if self.simple:
            return self._with_simple(seen, self.simple)
        query, check = seen.get("query", "").strip(), seen.get("check", "").strip()
        if bool(query) is bool(check) and not self.errors:
            self.add_error("query", _("Write a query, or another check; one of the two."))
        if check and not self.errors:
            try:
                seen["check"] = parsed(check)
            except RubricFileRefused as refusal:
                self.add_error("check", f"{refusal.seen}. {refusal.remedy}")
        return seen

    def _with_simple(self, seen: dict[str, Any], simple: SimpleForm) -> dict[str, Any]:
        if simple.is_valid():
            return seen | {"query": simple.query(), "check": ""}
        for name, errors in simple.errors.items():
            for error in errors:
                self.add_error(None, f"{simple.fields[name].label}: {error}")
        return seen

    def rule(self) -> dict[str, Any]:
        """Of a valid form, the rule's document."""
        seen = self.cleaned_data
        rule: dict[str, Any] = {name: seen[name] for name in _PLAIN if seen[name] not in ("", None)}
        rule["check"] = seen["check"] or {"query": seen["query"]}
        if seen["applies_when"].strip():
            rule["applies_when"] = seen["applies_when"]
        rule["languages"] = [each.strip() for each in seen["languages"].split(",") if each.strip()]
        rule["examples"] = {name: _snippets(seen[name]) for name in EXAMPLES}
        return rule

    def refuse(self, error: RubricError, rules: Sequence[Mapping[str, Any]]) -> None:
        """Put a refusal of the whole document at the field that it speaks of."""
        at = next((n for n, each in enumerate(rules) if each["code"] == self["code"].value()), -1)
        prefix = f"rules[{at}]."
        own = error.path.removeprefix(prefix) if error.path.startswith(prefix) else ""
        if not own:
            self.add_error(None, str(error))
            return
        name = _FIELDS.get(own, own.split(".")[0].split("[")[0])
        if name == "examples":
            name = own.split(".")[1].split("[")[0]
        is_shown = name in self.fields and not (self.simple and name in ("query", "check"))
        self.add_error(name if is_shown else None, error.message)


def _snippets(text: str) -> list[str]:
    parts = _BLANK_LINE.split(text.replace("\r\n", "\n"))
    return [part.strip() for part in parts if part.strip()]


def _written(check: Mapping[str, Any]) -> str:
    return yaml.safe_dump(dict(check), sort_keys=False, allow_unicode=True).rstrip()


class HeadForm(forms.Form):
    """What a rubric says of all its rules."""

    name = forms.CharField(label=_("Name"), max_length=200)
    pass_mark = forms.FloatField(label=_("Pass mark, %"), min_value=0, max_value=100, initial=80)
    not_assessable = forms.ChoiceField(
        label=_("Rules that cannot be assessed"),
        choices=[("excluded", _("are left out of the score")), ("failing", _("count as failed"))],
    )
    sections = forms.CharField(
        label=_("Sections"),
        required=False,
        max_length=20_000,
        widget=_area(3),
        help_text=_("One a line: code, title, weight, with commas between."),
    )
    lists = forms.CharField(
        label=_("Phrase lists"),
        required=False,
        max_length=2_000_000,
        widget=_area(6),
        help_text=_("As YAML: a name, and its phrases below. A query names one as {name}."),
    )
    outputs = forms.CharField(
        label=_("Typed outputs"),
        required=False,
        max_length=200_000,
        widget=_area(6),
        help_text=_("As YAML: a call's values for other systems, each with key, type and from."),
    )

    @staticmethod
    def of(document: Mapping[str, Any]) -> dict[str, Any]:
        lists, outputs = document.get("lists", {}), document.get("outputs", ())
        return {
            "name": document.get("name", ""),
            "pass_mark": document.get("pass_mark", 80),
            "not_assessable": document.get("scoring", {}).get("not_assessable", "excluded"),
            "sections": "\n".join(map(_line, document.get("sections", ()))),
            "lists": _written(lists) if lists else "",
            "outputs": _written(outputs) if outputs else "",
        }

    def clean_sections(self) -> list[dict[str, Any]]:
        made = []
        for at, line in enumerate(filter(str.strip, self.cleaned_data["sections"].splitlines()), 1):
            parts = [part.strip() for part in line.split(",")]
            code, title, weight = (*parts, "", "")[:3]
            try:
                number = float(weight or 1)
            except ValueError:
                text = _("Line %(at)d: %(seen)s is no weight. Write code, title, weight.")
                raise forms.ValidationError(text, params={"at": at, "seen": weight[:40]}) from None
            made.append({"code": code, "title": title or code, "weight": number})
        return made

    def clean_lists(self) -> Any:
        return self._parsed("lists") or {}

    def clean_outputs(self) -> Any:
        return self._parsed("outputs") or []

    def _parsed(self, name: str) -> Any:
        text = self.cleaned_data[name]
        try:
            return parsed(text) if text.strip() else None
        except RubricFileRefused as refusal:
            raise forms.ValidationError(f"{refusal.seen}. {refusal.remedy}") from None

    def head(self) -> dict[str, Any]:
        seen = self.cleaned_data
        return {
            "name": seen["name"],
            "pass_mark": seen["pass_mark"],
            "scoring": {"not_assessable": seen["not_assessable"]},
            "sections": seen["sections"],
            "lists": seen["lists"],
            "outputs": seen["outputs"],
        }


def _line(section: Mapping[str, Any]) -> str:
    weight = section.get("weight", 1)
    return f"{section['code']}, {section.get('title', section['code'])}, {weight:g}"

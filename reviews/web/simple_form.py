"""A simple query as a form: who says what, where, beside what, and what excuses it."""

from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reviews.detection.language.errors import QueryError
from reviews.detection.language.sizes import SizeError, distance, edge_window
from reviews.detection.language.types import Distance, EdgeWindow
from reviews.detection.simple import (
    Beside,
    Excuse,
    Said,
    Side,
    Simple,
    is_one_phrase,
    line_of,
    opened,
    phrase_of,
    query_of,
)
from reviews.detection.transcript import Role

_WHO = [("", _("anyone")), (Role.AGENT, _("the agent")), (Role.CUSTOMER, _("the customer"))]
_WINDOWS = [("", _("anywhere in the call")), ("first", _("in its first …")),
            ("last", _("in its last …"))]  # fmt: skip
_LENGTHS = [("s", _("seconds")), ("%", _("percent of the call")), ("t", _("turns"))]
_SIDES = [("", _("nothing else")), (Side.AFTER, _("it comes after …")),
          (Side.BEFORE, _("it comes before …")), (Side.NEAR, _("it is near …"))]  # fmt: skip
_DISTANCES = [("", _("words")), ("t", _("turns")), ("s", _("seconds"))]


def _lines(label: Any, help_text: Any = "") -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 3, "spellcheck": "false"})
    return forms.CharField(
        label=label, required=False, max_length=20_000, widget=widget, help_text=help_text
    )


def _choice(label: Any, choices: list[tuple[Any, Any]]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, required=False)


def _amount(label: Any, help_text: Any = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=label, required=False, min_value=0, max_value=3_600, help_text=help_text
    )


class SimpleForm(forms.Form):
    """Its fields come in groups: what is said, where, beside what, excused by what."""

    who = _choice(_("Who says it"), _WHO)
    phrases = _lines(
        _("What is said"),
        _("A phrase on each line; any of them counts. {name} stands for a phrase list."),
    )
    window = _choice(_("Where"), _WINDOWS)
    window_amount = _amount(_("How much of it"))
    window_unit = _choice(_("Counted in"), _LENGTHS)
    side = _choice(_("It counts only where"), _SIDES)
    beside_who = _choice(_("What that is, said by"), _WHO)
    beside_phrases = _lines(_("What that is"), _("A phrase on each line."))
    beside_amount = _amount(_("At most so far away"), _("Empty: anywhere before or after."))
    beside_unit = _choice(_("Away in"), _DISTANCES)
    excuse_phrases = _lines(
        _("Not where this is said"), _("A phrase on each line. Empty: nothing excuses it.")
    )
    excuse_who = _choice(_("The excuse is said by"), _WHO)
    excuse_amount = _amount(_("The excuse stands within"), _("Empty: anywhere in the call."))
    excuse_unit = _choice(_("Within, in"), _DISTANCES)

    GROUPS = (
        ("", ("who", "phrases", "window", "window_amount", "window_unit")),
        (
            _("Together with something else"),
            ("side", "beside_who", "beside_phrases", "beside_amount", "beside_unit"),
        ),
        (
            _("What excuses it"),
            ("excuse_phrases", "excuse_who", "excuse_amount", "excuse_unit"),
        ),
    )

    def __init__(self, *given: Any, lists: Collection[str] = (), **named: Any) -> None:
        """`lists` are the names of the phrase lists that a line may name."""
        super().__init__(*given, **named)
        self._lists = lists

    @classmethod
    def of(cls, query: str, document: Mapping[str, Any]) -> "SimpleForm | None":
        """A form that holds the query; None where it says more than a form can."""
        lists = document.get("lists") or {}
        if not query.strip():
            return cls(lists=lists)
        rules = [str(each.get("code")) for each in document.get("rules", ())]
        simple = opened(query, lists=lists, rules=rules)
        return cls(lists=lists, initial=_seen(simple)) if simple else None

    def is_begun(self) -> bool:
        """Any phrase is typed."""
        return any(self[name].value() for name in self.fields if name.endswith("phrases"))

    def groups(self) -> list[tuple[Any, list[forms.BoundField]]]:
        return [(title, [self[name] for name in names]) for title, names in self.GROUPS]

    def made(self) -> str:
        """The query that it makes; "" where it makes none yet."""
        if self.is_bound:
            return self.query() if self.is_valid() else ""
        seen = {
            name: self.get_initial_for_field(field, name) for name, field in self.fields.items()
        }
        again = SimpleForm({k: v for k, v in seen.items() if v is not None}, lists=self._lists)
        return again.query() if again.is_valid() else ""

    def query(self) -> str:
        """Of a valid form."""
        return query_of(self._simple)

    def clean_phrases(self) -> tuple[str, ...]:
        return self._phrases("phrases")

    def clean_beside_phrases(self) -> tuple[str, ...]:
        return self._phrases("beside_phrases")

    def clean_excuse_phrases(self) -> tuple[str, ...]:
        return self._phrases("excuse_phrases")

    def clean(self) -> dict[str, Any]:
        seen = super().clean() or {}
        if "phrases" in seen and not seen["phrases"]:
            self.add_error("phrases", _("Write at least one phrase."))
        window, beside, excuse = self._window(seen), self._beside(seen), self._excuse(seen)
        if not self.errors:
            self._simple = Simple(_said(seen, "who", "phrases"), window, beside, excuse)
        return seen

    def _phrases(self, name: str) -> tuple[str, ...]:
        lines = [line for line in self.cleaned_data[name].splitlines() if line.strip()]
        phrases = tuple(map(phrase_of, lines))
        for at, phrase in enumerate(phrases, 1):
            try:
                is_one = is_one_phrase(phrase, lists=self._lists)
            except QueryError as error:
                raise _refused(at, str(error)) from None
            if not is_one:
                raise _refused(at, _("this is more than one phrase: put each on its own line"))
        return phrases

    def _window(self, seen: Mapping[str, Any]) -> EdgeWindow | None:
        if not seen.get("window"):
            return None
        if seen.get("window_amount") is None:
            self._ask("window_amount", _("Say how much of the call."))
            return None
        size = f"{seen['window_amount']}{seen.get('window_unit') or 's'}"
        try:
            return edge_window(size, is_first=seen["window"] == "first")
        except SizeError as error:
            self._ask("window_amount", str(error))
            return None

    def _beside(self, seen: Mapping[str, Any]) -> Beside | None:
        if not seen.get("side"):
            if seen.get("beside_phrases"):
                self._ask("side", _("Say whether it comes after, before, or near these phrases."))
            return None
        if not seen.get("beside_phrases"):
            self._ask("beside_phrases", _("Write at least one phrase."))
            return None
        side, far = Side(seen["side"]), self._distance(seen, "beside")
        if side is Side.NEAR and far is None:
            self._ask("beside_amount", _("Say how near."))
            return None
        return Beside(side, _said(seen, "beside_who", "beside_phrases"), far)

    def _excuse(self, seen: Mapping[str, Any]) -> Excuse | None:
        far = self._distance(seen, "excuse")
        if not seen.get("excuse_phrases"):
            return None
        return Excuse(_said(seen, "excuse_who", "excuse_phrases"), far)

    def _distance(self, seen: Mapping[str, Any], name: str) -> Distance | None:
        amount = seen.get(f"{name}_amount")
        if amount is None:
            return None
        try:
            return distance(f"{amount}{seen.get(f'{name}_unit', '')}")
        except SizeError as error:
            self._ask(f"{name}_amount", str(error))
            return None

    def _ask(self, name: str, message: Any) -> None:
        """What is missing, unless its field is refused already."""
        if name not in self.errors:
            self.add_error(name, message)


def _refused(at: int, message: Any) -> forms.ValidationError:
    text = _("Line %(at)d: %(message)s.")
    return forms.ValidationError(text, params={"at": at, "message": str(message).rstrip(".")})


def _said(seen: Mapping[str, Any], who: str, phrases: str) -> Said:
    return Said(Role(seen[who]) if seen.get(who) else None, seen.get(phrases) or ())


def _seen(simple: Simple) -> dict[str, Any]:
    """The fields of a simple query."""
    seen = _seen_said(simple.said, "who", "phrases")
    if simple.window:
        seen["window"] = "first" if simple.window.is_first else "last"
        seen |= {"window_amount": simple.window.amount, "window_unit": simple.window.unit.value}
    if simple.beside:
        seen |= _seen_said(simple.beside.said, "beside_who", "beside_phrases")
        seen |= {"side": simple.beside.side} | _seen_distance(simple.beside.distance, "beside")
    if simple.excuse:
        seen |= _seen_said(simple.excuse.said, "excuse_who", "excuse_phrases")
        seen |= _seen_distance(simple.excuse.distance, "excuse")
    return seen


def _seen_said(said: Said, who: str, phrases: str) -> dict[str, Any]:
    return {who: said.who or "", phrases: "\n".join(map(line_of, said.phrases))}


def _seen_distance(far: Distance | None, name: str) -> dict[str, Any]:
    if far is None:
        return {}
    unit = "" if far.unit.value == "words" else far.unit.value
    return {f"{name}_amount": far.amount, f"{name}_unit": unit}

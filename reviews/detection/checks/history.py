"""The `history` check: earlier calls of the same person or account, what was found, how many."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from reviews.detection.asked import Names
from reviews.detection.conditions import Hearing
from reviews.detection.document import Section, refuse
from reviews.detection.evidence import (
    CallRef,
    Clear,
    Found,
    NotAssessable,
    Outcome,
    Reason,
)
from reviews.detection.transcript import CallFacts, CallKind, Direction, EarlierCall

DAYS_AT_MOST = 400
CALLS_AT_MOST = 500
"""Of one person or account that are looked at."""
_WHOSE = {"subject": "who the call is about", "account": "which account the call is about"}


@dataclass(frozen=True, slots=True)
class HistoryRule:
    """Within `days` before this call: `rule` was found on a call, or there were more than
    `more_than` calls, this one among them. `kind` and `direction` say which calls count."""

    by: str
    """`subject` or `account`."""
    days: int
    rule: str = ""
    more_than: int = 0
    kind: CallKind | None = None
    direction: Direction | None = None


def parse(document: Section, names: Names) -> HistoryRule:
    own = document.section("history")
    if own.has("rule") is own.has("more_than"):
        refuse(own.path, "write either rule (found on an earlier call) or more_than (calls)")
    if "by" not in own.data:
        refuse(own.at("by"), "it is not said whose calls: write subject or account")
    if "days" not in own.data:
        refuse(own.at("days"), f"it is not said how far back: write 1 to {DAYS_AT_MOST}")
    kind = own.choice("kind", ["any", *CallKind], default="any")
    direction = own.choice("direction", ["any", *Direction], default="any")
    made = HistoryRule(
        by=own.choice("by", list(_WHOSE), default="subject"),
        days=own.whole("days", default=1, least=1, most=DAYS_AT_MOST),
        rule=own.text("rule", default="", most=100),
        more_than=own.whole("more_than", default=0, least=0, most=CALLS_AT_MOST - 1),
        kind=None if kind == "any" else CallKind(kind),
        direction=None if direction == "any" else Direction(direction),
    )
    if own.has("rule") and made.rule not in names.codes:
        refuse(own.at("rule"), f"there is no rule {made.rule!r}: write the code of one")
    own.close()
    return made


def written(rule: HistoryRule) -> Mapping[str, object]:
    asked = {"rule": rule.rule} if rule.rule else {"more_than": rule.more_than}
    filters = {"kind": rule.kind or "any", "direction": rule.direction or "any"}
    return {"by": rule.by, "days": rule.days, **asked, **filters}


def check(rule: HistoryRule, hearing: Hearing) -> Outcome:
    """Found with the calls that show it; needs no word of this call.

    Not assessable where it is not known whose call this is, when it was, or whether an earlier
    call counts on which it depends.
    """
    transcript = hearing.reading.transcript
    earlier, facts = transcript.earlier, transcript.facts
    calls = earlier.subject if rule.by == "subject" else earlier.account
    if calls is None:
        return NotAssessable(Reason.HISTORY_UNKNOWN, f"it is not known {_WHOSE[rule.by]}")
    if facts.call_at is None:
        return NotAssessable(Reason.FACT_MISSING, "call.call_at is not known for this call")
    counts = [(call, _counts(rule, call, facts.call_at)) for call in calls]
    sure = [call for call, is_one in counts if is_one]
    this = False if rule.rule else _is_asked(rule, facts)
    least = len(sure) + (this is True)
    if least > rule.more_than:
        return Found((), calls=tuple(CallRef(call.id, call.version) for call in sure))
    doubtful = sum(is_one is None for _, is_one in counts) + (this is None)
    if least + doubtful > rule.more_than or earlier.is_partial:
        text = (
            "an earlier call may count: it is not fetched, not evaluated, or not known well enough"
        )
        return NotAssessable(Reason.HISTORY_UNKNOWN, text)
    return Clear()


def _counts(rule: HistoryRule, call: EarlierCall, at: datetime) -> bool | None:
    """Whether an earlier call is one of those that the rule asks for; None: not known."""
    since = at - timedelta(days=rule.days)
    is_recent = None if call.call_at is None else since <= call.call_at < at
    is_hit = not rule.rule or _is_found(rule.rule, call)
    return _all((is_recent, _is_asked(rule, call), is_hit))


def _is_asked(rule: HistoryRule, call: EarlierCall | CallFacts) -> bool | None:
    pairs = ((rule.kind, call.kind), (rule.direction, call.direction))
    return _all(None if seen is None else seen is wanted for wanted, seen in pairs if wanted)


def _is_found(code: str, call: EarlierCall) -> bool | None:
    if call.version is None or code in call.unknown:
        return None
    return code in call.found


def _all(answers: Iterable[bool | None]) -> bool | None:
    """Kleene's and."""
    seen = list(answers)
    return False if False in seen else None if None in seen else True

"""Our fields: of what kind each is, and whether it fits where an admin wants it. Values in, values
out."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from reviews.export.crm.port import Described, Field, Kind, Row, Value
from reviews.models import CrmField, CrmSystem

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,99}", re.ASCII)
"""Of an object or a field of the target; it goes into addresses."""


@dataclass(frozen=True, slots=True)
class Spec:
    """`longest` is how many characters the target must hold; `is_cut`: the rest may be left out."""

    kind: Kind
    longest: int = 0
    is_cut: bool = False


_ID, _FOREIGN, _CODE = Spec(Kind.TEXT, 36), Spec(Kind.TEXT, 100), Spec(Kind.TEXT, 100)
_NUMBER, _FLAG, _TIME = Spec(Kind.NUMBER), Spec(Kind.FLAG), Spec(Kind.TIME)
SPECS: Mapping[CrmField, Spec] = {
    CrmField.EVALUATION: _ID,
    CrmField.CALL: _ID,
    CrmField.CALL_EXTERNAL: Spec(Kind.TEXT, 200),
    CrmField.CALL_CRM: Spec(Kind.TEXT, 18),
    CrmField.ACCOUNT_CRM: Spec(Kind.TEXT, 18),
    CrmField.OPPORTUNITY_CRM: Spec(Kind.TEXT, 18),
    CrmField.AGENT_EXTERNAL: Spec(Kind.TEXT, 200),
    CrmField.AGENT_CRM: Spec(Kind.TEXT, 18),
    CrmField.LINK: Spec(Kind.TEXT, 200),
    CrmField.RUBRIC: _CODE,
    CrmField.RUBRIC_VERSION: _NUMBER,
    CrmField.CALL_AT: _TIME,
    CrmField.EVALUATED_AT: _TIME,
    CrmField.DURATION: _NUMBER,
    CrmField.SCORE: _NUMBER,
    CrmField.VERDICT: Spec(Kind.TEXT, 14),
    CrmField.REVIEWED_SCORE: _NUMBER,
    CrmField.REVIEWED_VERDICT: Spec(Kind.TEXT, 14),
    CrmField.IS_REVIEWED: _FLAG,
    CrmField.RISK: _FLAG,
    CrmField.FAILED_RULES: Spec(Kind.TEXT, 80, is_cut=True),
    CrmField.CRITICAL: _NUMBER,
    CrmField.HIGH: _NUMBER,
    CrmField.MEDIUM: _NUMBER,
    CrmField.LOW: _NUMBER,
    CrmField.INFO: _NUMBER,
    CrmField.OPEN: _NUMBER,
    CrmField.UPHELD: _NUMBER,
    CrmField.DISMISSED: _NUMBER,
    CrmField.QUOTE: Spec(Kind.TEXT, 80, is_cut=True),
}
RULES_AT_MOST = 255
"""Characters of the codes of the rules that failed, also where more would fit."""
QUOTE_AT_MOST = 1000
_DAY = len("2026-11-01")
"""A target that holds no more of a time gets its day in UTC."""
USUAL = (
    CrmField.CALL_EXTERNAL, CrmField.LINK, CrmField.CALL_AT, CrmField.SCORE, CrmField.VERDICT,
    CrmField.REVIEWED_SCORE, CrmField.REVIEWED_VERDICT, CrmField.RISK, CrmField.FAILED_RULES,
)  # fmt: skip
"""What a new connection proposes; docs/integrator/crm.md says how to make these fields."""


def proposed(system: str, field: CrmField) -> str:
    """The name that docs/integrator/crm.md gives the target's field."""
    name = field.value.removesuffix("_s")
    if system == CrmSystem.SALESFORCE:
        return "_".join(part.capitalize() for part in name.split("_")) + "__c"
    return f"verbatim_{name}"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be written: `mapping` is our field → the target's."""

    key_field: str
    mapping: Mapping[CrmField, str]


@dataclass(frozen=True, slots=True)
class Problem:
    code: str
    field: str = ""
    """The target's; empty where it is the object."""


def problems(plan: Plan, target: Described) -> list[Problem]:
    """Why nothing could be written; none where all fits."""
    found = [] if target.is_writable else [Problem("object_not_writable")]
    key = target.fields.get(plan.key_field)
    if key is None:
        found.append(Problem("key_absent", plan.key_field))
    elif not key.is_key or not key.is_writable or key.kind is not Kind.TEXT:
        found.append(Problem("key_not_unique", plan.key_field))
    elif key.longest is not None and key.longest < _ID.longest:
        found.append(Problem("field_too_short", plan.key_field))
    for field, name in plan.mapping.items():
        found += [Problem(code, name) for code in _wrong(SPECS[field], target.fields.get(name))]
    return found + list(_forgotten(plan, target))


def _wrong(spec: Spec, field: Field | None) -> Iterator[str]:
    if field is None:
        yield "field_absent"
        return
    if not field.is_writable:
        yield "field_not_writable"
    if field.kind is not spec.kind and (spec.kind, field.kind) != (Kind.TIME, Kind.DATE):
        yield "kind_differs"
    elif field.longest is not None and field.longest < spec.longest:
        yield "field_too_short"


def _forgotten(plan: Plan, target: Described) -> Iterator[Problem]:
    filled = {plan.key_field, *plan.mapping.values()}
    for name, field in target.fields.items():
        if field.is_required and name not in filled:
            yield Problem("field_required", name)


def lengths(plan: Plan, target: Described) -> dict[str, int]:
    """Of the target's texts and dates that are mapped; of a plan without problems."""
    mapped = {name: target.fields[name] for name in plan.mapping.values()}
    longest = {
        name: _DAY if field.kind is Kind.DATE else field.longest for name, field in mapped.items()
    }
    return {name: each for name, each in longest.items() if each is not None}


def row(plan: Plan, facts: Mapping[CrmField, Value], lengths: Mapping[str, int], key: str) -> Row:
    """The row as the target gets it: flat, each value no longer than its field."""
    values = {
        name: _fitted(field, facts[field], lengths.get(name))
        for field, name in plan.mapping.items()
        if field in facts
    }
    return Row(key, values)


def _fitted(field: CrmField, value: Value, longest: int | None) -> Value:
    if isinstance(value, float):
        return round(value, 2)
    if isinstance(value, datetime):
        return value if longest is None else f"{value.astimezone(UTC):%Y-%m-%d}"
    if not isinstance(value, str) or not SPECS[field].is_cut:
        return value
    if field is CrmField.FAILED_RULES:
        return _joined(value.split(";"), min(longest or RULES_AT_MOST, RULES_AT_MOST))
    at_most = min(longest or QUOTE_AT_MOST, QUOTE_AT_MOST)
    return value if len(value) <= at_most else f"{value[: at_most - 1].rstrip()}…"


def _joined(codes: list[str], at_most: int) -> str:
    """As many codes as fit, whole, and how many were left out."""
    text = ";".join(codes)
    if len(text) <= at_most:
        return text
    for count in range(len(codes) - 1, 0, -1):
        text = f"{';'.join(codes[:count])};+{len(codes) - count}"
        if len(text) <= at_most:
            return text
    return f"+{len(codes)}"


def plain(value: Value) -> str | float | bool | None:
    """As JSON has it: times in UTC, to the second."""
    return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if isinstance(value, datetime) else value

"""Which rows of a list are asked for: each filter is a parameter of its name, checked as the rest.

A filter holds for every page: `next` carries it on.
"""

from collections.abc import Iterable
from typing import Any

import django_filters as filters
from django.http import QueryDict
from drf_spectacular.utils import OpenApiParameter

from reviews.api.parameters import ParameterRefused
from reviews.detection.rubric import Severity
from reviews.detection.scoring import Verdict
from reviews.models import (
    Evaluation,
    FindingOutcome,
    QueueItem,
    Standing,
    Transcript,
    TranscriptState,
)
from reviews.queries.feeds import Narrow


def _chosen(kinds: Iterable[Any], **more: Any) -> filters.Filter:
    choices = [(str(each.value), str(each.value)) for each in kinds]
    return filters.ChoiceFilter(choices=choices, null_label=None, **more)


class TranscriptFilter(filters.FilterSet):
    source = filters.UUIDFilter(field_name="source_id", label="The source's id.")
    external_id = filters.CharFilter(label="The call's id at its source.", max_length=200)
    state = _chosen(TranscriptState)

    class Meta:
        model = Transcript
        fields: tuple[str, ...] = ()


class EvaluationFilter(filters.FilterSet):
    transcript = filters.UUIDFilter(field_name="transcript_id", label="The call's id.")
    rubric = filters.CharFilter(
        field_name="rubric_version__rubric__code", label="The rubric's code.", max_length=100
    )
    verdict = _chosen(Verdict)

    class Meta:
        model = Evaluation
        fields: tuple[str, ...] = ()


class FindingFilter(filters.FilterSet):
    transcript = filters.UUIDFilter(field_name="transcript_id", label="The call's id.")
    agent = filters.UUIDFilter(field_name="agent_id", label="The agent's id.")
    rule = filters.CharFilter(field_name="rule_code", label="The rule's code.", max_length=100)
    severity = _chosen(Severity, field_name="finding__severity")
    outcome = _chosen(FindingOutcome, field_name="finding__outcome")
    standing = _chosen(Standing)

    class Meta:
        model = QueueItem
        fields: tuple[str, ...] = ()


def names(kind: type[filters.FilterSet]) -> frozenset[str]:
    return frozenset(kind.base_filters)


def narrowing(kind: type[filters.FilterSet], query: QueryDict) -> Narrow:
    """What takes the rows that are asked for. Raises ParameterRefused."""
    asked = kind(query)
    for name in kind.base_filters:
        said = str(query.get(name, "-"))
        if not said.strip() or name in asked.form.errors:
            raise ParameterRefused(name, f"{said[:60]!r}", _remedy(kind, name))
    narrow: Narrow = asked.filter_queryset
    return narrow


def documented(kind: type[filters.FilterSet]) -> list[OpenApiParameter]:
    return [
        OpenApiParameter(name, _schema(each), description=str(each.extra.get("label") or ""))
        for name, each in kind.base_filters.items()
    ]


def _schema(given: filters.Filter) -> dict[str, Any]:
    if isinstance(given, filters.UUIDFilter):
        return {"type": "string", "format": "uuid"}
    if isinstance(given, filters.ChoiceFilter):
        return {"type": "string", "enum": [value for value, _ in given.extra["choices"]]}
    return {"type": "string", "minLength": 1, "maxLength": given.extra["max_length"]}


def _remedy(kind: type[filters.FilterSet], name: str) -> str:
    schema = _schema(kind.base_filters[name])
    if "enum" in schema:
        return f"Send one of {', '.join(schema['enum'])}."
    return "Send an id." if "format" in schema else f"Send 1 to {schema['maxLength']} characters."

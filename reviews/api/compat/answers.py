"""A run as the published contract shows it; what only we can say stands under `verbatim`."""

from typing import Any

from rest_framework import serializers

from reviews.api.serializers import Row
from reviews.detection.outputs import OutputType
from reviews.queries import kits
from reviews.queries.kits import Kit
from reviews.queries.runs import API, SANDBOX, Found, Quoted, Run, RunState

RUN_STATES = [each.value for each in RunState]
RUN_TYPES = [API, SANDBOX]
BRICK_TYPES = [each.value for each in OutputType]
"""Choices of fields that share a name: the settings name them for the schema."""
_FAILED = "The run failed. Send it again; if it stays, give the operator its id."


class RefusalSerializer(Row):
    error = serializers.CharField(help_text="Stable; branch on this.")
    message = serializers.CharField(help_text="What was refused, what was seen, what to do.")
    retry_after_seconds = serializers.IntegerField(required=False)


class QueuedSerializer(Row):
    run_id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=RUN_STATES)
    run_type = serializers.ChoiceField(choices=RUN_TYPES)


class ListedRunSerializer(QueuedSerializer):
    kit_code = serializers.CharField()
    kit_version_id = serializers.UUIDField()
    duration_ms = serializers.IntegerField(allow_null=True)
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    error_code = serializers.CharField(allow_null=True)
    error_message = serializers.CharField(allow_null=True)
    error_user_message = serializers.CharField(allow_null=True)


class SpanSerializer(Row):
    utterance = serializers.IntegerField(allow_null=True, help_text="0-based.")
    words = serializers.ListField(
        child=serializers.IntegerField(), allow_null=True, help_text="First and last, 0-based."
    )
    last_utterance = serializers.IntegerField(allow_null=True)
    start_ms = serializers.IntegerField(allow_null=True, help_text="Null: the call has no times.")
    end_ms = serializers.IntegerField(allow_null=True)


class BrickExtraSerializer(Row):
    type = serializers.ChoiceField(choices=BRICK_TYPES)
    outcome = serializers.CharField(help_text="Of a rule what was heard; of an output empty.")
    result = serializers.CharField(help_text="Of a rule `passed`, `failed`, `not_assessable` …")
    reason_code = serializers.CharField(help_text="Why it could not be assessed.")
    spans = SpanSerializer(many=True, help_text="Of each quote in `evidence`, in its order.")


class BrickSerializer(Row):
    value = serializers.JSONField(
        allow_null=True, help_text="As its type says; null: it could not be assessed."
    )
    confidence = serializers.FloatField(allow_null=True, help_text="0 to 1.")
    reason = serializers.CharField()
    evidence = serializers.ListField(child=serializers.CharField())
    verbatim = BrickExtraSerializer()


class OutputSerializer(Row):
    kit_code = serializers.CharField()
    bricks = serializers.DictField(child=BrickSerializer())


class RunExtraSerializer(Row):
    transcript = serializers.UUIDField(allow_null=True)
    evaluation = serializers.UUIDField(allow_null=True)


class RunSerializer(ListedRunSerializer):
    output = OutputSerializer(allow_null=True, help_text="Null until it has succeeded.")
    verbatim = RunExtraSerializer()


class RunListSerializer(Row):
    runs = ListedRunSerializer(many=True, help_text="The newest first.")


class BrickShapeSerializer(Row):
    key = serializers.CharField()
    type = serializers.ChoiceField(choices=BRICK_TYPES)
    description = serializers.CharField()
    values = serializers.ListField(child=serializers.CharField(), help_text="Of an enum.")


class KitSerializer(Row):
    kit_code = serializers.CharField()
    name = serializers.CharField()
    kit_version_id = serializers.UUIDField()
    version = serializers.IntegerField()
    bricks = BrickShapeSerializer(many=True)


class KitListSerializer(Row):
    kits = KitSerializer(many=True)


class TriedSerializer(Row):
    valid = serializers.BooleanField()
    words = serializers.IntegerField()
    utterances = serializers.IntegerField()
    kit = KitSerializer()


def queued(run: Run) -> dict[str, Any]:
    return {"run_id": str(run.id), "status": RunState.QUEUED.value, "run_type": run.type}


def listed(run: Run) -> dict[str, Any]:
    is_failed = run.status in (RunState.FAILED, RunState.CANCELLED)
    told = _FAILED if is_failed else None
    return {
        "run_id": str(run.id),
        "status": run.status.value,
        "run_type": run.type,
        "kit_code": run.kit_code,
        "kit_version_id": str(run.version.pk),
        "duration_ms": run.duration_ms,
        "created_at": run.created_at.isoformat(),
        "finished_at": run.finished_at.isoformat() if run.finished_at else None,
        "error_code": run.error_code or None,
        "error_message": told,
        "error_user_message": told,
    }


def whole(run: Run) -> dict[str, Any]:
    output = None
    if run.found is not None:
        bricks = {each.key: _brick(each) for each in run.found}
        output = {"kit_code": run.kit_code, "bricks": bricks}
    ids = {"transcript": run.transcript_id, "evaluation": run.evaluation_id}
    own = {name: str(each) if each else None for name, each in ids.items()}
    return listed(run) | {"output": output, "verbatim": own}


def _brick(each: Found) -> dict[str, Any]:
    quoted = [span for span in each.evidence if span.quote]
    return {
        "value": list(each.value) if isinstance(each.value, tuple) else each.value,
        "confidence": each.confidence,
        "reason": each.reason,
        "evidence": [span.quote for span in quoted],
        "verbatim": {
            "type": each.type.value,
            "outcome": each.outcome,
            "result": each.result,
            "reason_code": each.reason_code,
            "spans": [_span(span) for span in quoted],
        },
    }


def _span(quoted: Quoted) -> dict[str, Any]:
    place = quoted.place
    return {
        "utterance": place.utterance,
        "words": [place.first_word, place.last_word],
        "last_utterance": place.last_utterance,
        "start_ms": place.start_ms if place.start_ms >= 0 else None,
        "end_ms": place.end_ms if place.end_ms >= 0 else None,
    }


def kit(of: Kit) -> dict[str, Any]:
    bricks = [
        {
            "key": each.key,
            "type": each.type.value,
            "description": each.description,
            "values": list(each.choices),
        }
        for each in kits.bricks_of(of.rubric)
    ]
    return {
        "kit_code": of.code,
        "name": of.version.rubric.name,
        "kit_version_id": str(of.version.pk),
        "version": of.version.number,
        "bricks": bricks,
    }

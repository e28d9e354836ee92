"""The answers' fields: what is written is what /api/schema/ describes. Times end in `_at` or `_ms`.

`help_text` stands in the schema; it is the one place that says what a field means.
"""

from typing import Any

from rest_framework import serializers
from rest_framework.serializers import Serializer

from reviews.detection.evidence import Reason
from reviews.detection.rubric import Severity
from reviews.detection.scoring import Result
from reviews.detection.scoring import Verdict as CallVerdict
from reviews.detection.transcript import Role
from reviews.ingest.upload import Outcome
from reviews.models import (
    CallKind,
    Direction,
    FindingOutcome,
    Standing,
    Timing,
    TranscriptState,
    Verdict,
)

Row = Serializer[Any]
VERDICTS = [each.value for each in CallVerdict]
RESULTS = [each.value for each in Result]
FINDING_OUTCOMES = [each.value for each in FindingOutcome]
TRANSCRIPT_STATES = [each.value for each in TranscriptState]
CALL_KINDS = [each.value for each in CallKind]
"""Choices that stand under several names: the settings name them for the schema."""


def _choice(kinds: Any, **more: Any) -> serializers.ChoiceField:
    return serializers.ChoiceField(choices=[str(each.value) for each in kinds], **more)


def _maybe(kinds: Any, **more: Any) -> serializers.ChoiceField:
    return _choice(kinds, allow_blank=True, **more)


class ProblemSerializer(Row):
    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="What was refused, what was seen, what to do.")
    code = serializers.CharField(help_text="Stable; branch on this.")
    instance = serializers.CharField(help_text="This answer's id; the log holds it too.")


class TranscriptSerializer(Row):
    id = serializers.UUIDField()
    external_id = serializers.CharField(help_text="The call's id at its source.")
    source = serializers.UUIDField(source="source_id")  # type: ignore[assignment] # a field of that name; its class takes it off
    revision = serializers.IntegerField(help_text="Rises when words, roles or facts change.")
    state = _choice(TranscriptState)
    state_code = serializers.CharField(help_text="Why the state is not ready.")
    language = serializers.CharField()
    duration_ms = serializers.IntegerField(allow_null=True)
    words = serializers.IntegerField()
    confidence = serializers.FloatField(allow_null=True, help_text="Mean of the words', 0 to 1.")
    timing = _choice(Timing, help_text="How the words' times came about.")
    call_at = serializers.DateTimeField(allow_null=True)
    direction = _maybe(Direction)
    kind = _maybe(CallKind)
    queue = serializers.CharField()
    product = serializers.CharField()
    customer_region = serializers.CharField()
    crm_ids = serializers.DictField(
        child=serializers.CharField(), help_text="System to the call's id there, as imported."
    )
    duplicate_of = serializers.UUIDField(
        source="duplicate_of_id",
        allow_null=True,
        help_text="The transcript of the same audio that is evaluated in its place.",
    )
    updated_at = serializers.DateTimeField(
        help_text="When this revision was received, or `duplicate_of` changed."
    )


class ImportedSerializer(Row):
    file = serializers.CharField(help_text="As it was named; of an archive `archive/file`.")
    line = serializers.IntegerField(allow_null=True, help_text="From 1, where there is one.")
    outcome = _choice(Outcome)
    external_id = serializers.CharField()
    transcript = serializers.UUIDField(source="transcript_id", allow_null=True)
    words = serializers.IntegerField()
    timing = _maybe(Timing)
    reason = serializers.SerializerMethodField(help_text="Refused what, seen what, what to do.")
    code = serializers.SerializerMethodField(help_text="Of the refusal; stable.")
    left_out = serializers.ListField(
        source="warnings", child=serializers.CharField(), help_text="Fields by name."
    )

    def get_reason(self, row: Any) -> str | None:
        return str(row.refused) if row.refused else None

    def get_code(self, row: Any) -> str | None:
        return str(row.refused.code) if row.refused else None


class RefusedRowSerializer(Row):
    line = serializers.IntegerField()
    reason = serializers.CharField(source="refused")


class ImportSerializer(Row):
    accepted = serializers.IntegerField()
    already_here = serializers.IntegerField()
    refused = serializers.IntegerField()
    results = ImportedSerializer(many=True, help_text="One for each document, in its order.")
    unknown_columns = serializers.ListField(
        child=serializers.CharField(), help_text="Of the metadata: nothing is taken from them."
    )
    refused_rows = RefusedRowSerializer(many=True, help_text="Of the metadata.")
    unused_rows = serializers.ListField(
        child=serializers.IntegerField(), help_text="Lines that stand for none of the documents."
    )


class UtteranceSerializer(Row):
    index = serializers.IntegerField(help_text="From 0.")
    role = _choice(Role)
    speaker = serializers.IntegerField(allow_null=True, help_text="The call's voices from 1.")
    speaker_label = serializers.CharField(
        allow_null=True, help_text="The source's own; it may be a name: only where unmasked."
    )
    channel = serializers.CharField()
    start_ms = serializers.IntegerField(allow_null=True)
    end_ms = serializers.IntegerField(allow_null=True)
    text = serializers.CharField(help_text="`[KIND]` stands for personal data left out.")


class TranscriptDetailSerializer(Row):
    transcript = TranscriptSerializer(source="row")
    is_masked = serializers.BooleanField()
    utterances = UtteranceSerializer(many=True)


class EvaluationSerializer(Row):
    id = serializers.UUIDField()
    transcript = serializers.UUIDField(source="transcript_id")
    transcript_revision = serializers.IntegerField()
    rubric = serializers.CharField(source="rubric_version.rubric.code")
    rubric_name = serializers.CharField(source="rubric_version.rubric.name")
    rubric_version = serializers.IntegerField(source="rubric_version.number")
    engine_version = serializers.CharField()
    verdict = _choice(CallVerdict, help_text="The machine's.")
    score = serializers.SerializerMethodField()
    passed = serializers.IntegerField(
        help_text="Rules of the machine's; so are the next three. Questions to people are in none."
    )
    failed = serializers.IntegerField()
    not_assessable = serializers.IntegerField()
    not_applicable = serializers.IntegerField()
    updated_at = serializers.DateTimeField(help_text="When it was made: it never changes.")

    def get_score(self, row: Any) -> float | None:
        """The machine's, 0 to 100; null where no rule could be counted."""
        return None if row.score is None else round(row.score, 6)


class EvidenceSerializer(Row):
    field = serializers.CharField(
        source="place.field",
        help_text="Where it stands outside the words, such as chapters[0].gist; else empty.",
    )
    utterance = serializers.IntegerField(
        source="words.utterance", allow_null=True, help_text="Null with a `field`; so the next."
    )
    last_utterance = serializers.IntegerField(source="words.last_utterance", allow_null=True)
    first_word = serializers.IntegerField(
        source="words.first_word",
        allow_null=True,
        help_text="From 0, of the words as they were said.",
    )
    last_word = serializers.IntegerField(
        source="words.last_word", allow_null=True, help_text="Included; in last_utterance."
    )
    role = _choice(Role, source="place.role")
    start_ms = serializers.IntegerField(allow_null=True)
    end_ms = serializers.IntegerField(allow_null=True)
    is_unsure = serializers.BooleanField(source="place.is_unsure")
    label = serializers.CharField(  # type: ignore[assignment] # a field of that name; its class takes it off
        source="place.label", help_text="The kind, where there are any."
    )
    score = serializers.FloatField(source="place.score", allow_null=True, help_text="0 to 1.")
    quote = serializers.CharField(help_text="`[KIND]` stands for personal data left out.")


class NearestSerializer(Row):
    cause = serializers.CharField(
        help_text="Why it missed: words, window, role, place, order, time."
    )
    matched = serializers.IntegerField(help_text="Words, of `wanted`.")
    wanted = serializers.IntegerField()
    evidence = EvidenceSerializer()


class PartSerializer(Row):
    """Where one topic was looked for."""

    start_ms = serializers.IntegerField()
    end_ms = serializers.IntegerField()
    roles = serializers.ListField(child=serializers.CharField())
    words = serializers.IntegerField()
    below_floor = serializers.IntegerField()
    masked = serializers.IntegerField()
    untranscribed_ms = serializers.IntegerField()


class AbsenceSerializer(Row):
    start_ms = serializers.IntegerField(source="searched.start_ms")
    end_ms = serializers.IntegerField(source="searched.end_ms")
    roles = serializers.ListField(child=serializers.CharField(), source="searched.roles")
    words = serializers.IntegerField(source="searched.words")
    below_floor = serializers.IntegerField(source="searched.below_floor")
    masked = serializers.IntegerField(source="searched.masked")
    untranscribed_ms = serializers.IntegerField(source="searched.untranscribed_ms")
    nearest = NearestSerializer(allow_null=True)
    unsure = EvidenceSerializer(many=True, help_text="Heard, too uncertainly to count.")
    missing = serializers.ListField(
        child=serializers.CharField(),
        source="searched.missing",
        help_text="Codes of the topics that were not covered, where the rule has topics.",
    )
    parts = PartSerializer(
        many=True, source="searched.parts", help_text="One for each of `missing`, in its order."
    )


class CallRefSerializer(Row):
    id = serializers.UUIDField(help_text="Of the earlier call's transcript.")
    version = serializers.IntegerField(
        allow_null=True, help_text="Of the rubric that evaluated it; null where none did."
    )


class FindingRefSerializer(Row):
    id = serializers.UUIDField(source="finding_id")
    standing = _choice(Standing)
    sequence = serializers.IntegerField()


class AnswerSerializer(Row):
    level = serializers.CharField(help_text="Its code; empty where the question does not apply.")
    share = serializers.FloatField(
        allow_null=True, help_text="Of the rule's points, 0 to 1; null where it does not apply."
    )


class RuleResultSerializer(Row):
    rule = serializers.CharField(source="rule.code")
    title = serializers.CharField(source="rule.title")
    section = serializers.CharField(source="rule.section")
    severity = _choice(Severity, source="rule.severity")
    result = _choice(Result, help_text="The machine's; asked: a person is to answer it.")
    reviewed_result = _choice(
        Result,
        source="reviewed",
        help_text="passed where the finding was dismissed, failed where the machine missed it, "
        "answered where a question was.",
    )
    is_unsure = serializers.BooleanField()
    machine_points = serializers.FloatField()
    reviewed_points = serializers.FloatField()
    possible_points = serializers.FloatField(help_text="All rules' add up to 100.")
    reason = _choice(Reason, allow_null=True, help_text="Why it is not assessable.")
    reason_text = serializers.CharField(allow_null=True)
    evidence = EvidenceSerializer(many=True)
    absence = AbsenceSerializer(allow_null=True, help_text="The proof, where nothing was found.")
    calls = CallRefSerializer(many=True, help_text="Earlier calls that the result rests on.")
    finding = FindingRefSerializer(source="item", allow_null=True)
    answer = AnswerSerializer(allow_null=True, help_text="A person's, to a question.")


class TotalSerializer(Row):
    score = serializers.FloatField(allow_null=True, help_text="0 to 100.")
    verdict = _choice(CallVerdict)


class EvaluationDetailSerializer(Row):
    evaluation = EvaluationSerializer(source="row")
    is_masked = serializers.BooleanField()
    machine = TotalSerializer()
    reviewed = TotalSerializer(help_text="As people's verdicts and answers leave it now.")
    reviewed_score = serializers.FloatField(
        source="reviewed.score",
        allow_null=True,
        help_text="The same as reviewed.score, beside evaluation.score.",
    )
    final = TotalSerializer(
        allow_null=True, help_text="After appeals that were accepted; null where there was none."
    )
    results = RuleResultSerializer(many=True)


class FindingSerializer(Row):
    id = serializers.UUIDField(source="finding_id")
    transcript = serializers.UUIDField(source="transcript_id")
    evaluation = serializers.UUIDField(source="finding.evaluation_id")
    agent = serializers.UUIDField(source="agent_id", allow_null=True)
    rule = serializers.CharField(source="rule_code")
    severity = _choice(Severity, source="finding.severity")
    outcome = _choice(
        FindingOutcome,
        source="finding.outcome",
        help_text="found: said and should not be; absent: not said and should be.",
    )
    is_unsure = serializers.BooleanField(source="finding.is_unsure")
    role = _choice(Role, source="finding.role")
    utterance = serializers.IntegerField(source="finding.utterance", allow_null=True)
    start_ms = serializers.IntegerField(source="finding.start_ms", allow_null=True)
    end_ms = serializers.IntegerField(source="finding.end_ms", allow_null=True)
    spans = serializers.IntegerField(
        source="finding.spans", help_text="Places; 0 for what is absent."
    )
    standing = _choice(Standing)
    sequence = serializers.IntegerField(help_text="The last review's; 0 before the first.")
    found_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    decided_by = serializers.UUIDField(source="decided_by_id", allow_null=True)
    updated_at = serializers.DateTimeField(help_text="When the standing last changed.")


class ReviewSerializer(Row):
    sequence = serializers.IntegerField()
    verdict = _choice(Verdict)
    reason_code = serializers.CharField()
    by = serializers.UUIDField(source="by_id")
    at = serializers.DateTimeField()


class FindingDetailSerializer(Row):
    finding = FindingSerializer(source="item")
    is_masked = serializers.BooleanField()
    result = RuleResultSerializer()
    reviews = ReviewSerializer(many=True)


class DeletedSerializer(Row):
    """In a feed, in the place of a row that was erased: reviews/api/schema.py."""

    id = serializers.UUIDField(source="gone_id")
    is_deleted = serializers.SerializerMethodField()
    updated_at = serializers.DateTimeField(source="deleted_at")

    def get_is_deleted(self, row: Any) -> bool:
        return True


class TranscriptFeedSerializer(Row):
    results = TranscriptSerializer(many=True)
    next = serializers.URLField(allow_null=True)


class EvaluationFeedSerializer(Row):
    results = EvaluationSerializer(many=True)
    next = serializers.URLField(allow_null=True)


class FindingFeedSerializer(Row):
    results = FindingSerializer(many=True)
    next = serializers.URLField(allow_null=True)

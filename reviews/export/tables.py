"""What a warehouse is given: each table's columns, once. Pure.

The schema's address, the three forms of files, the SQL views and docs/integrator/warehouse.md
follow from it. A change of it is a line in CHANGES, and one more than VERSION.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

VERSION = 2
CHANGES: Mapping[int, str] = {
    1: "The first: seven tables.",
    2: "`deletions`: the ids of rows that were erased.",
}
"""Version → what is other than in the one before."""


class Type(StrEnum):
    """As it is written: a time with its zone, in UTC, to the microsecond; json as a text."""

    ID = "uuid"
    TEXT = "text"
    WHOLE = "integer"
    NUMBER = "number"
    FLAG = "boolean"
    TIME = "timestamp"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    type: Type
    meaning: str
    """One sentence."""
    is_nullable: bool = False
    is_personal: bool = False
    """Left out, unless who asks may see personal data and says why."""


@dataclass(frozen=True, slots=True)
class Table:
    """A primary key is `id`, which never changes; a later row of the same id replaces the first."""

    name: str
    grain: str
    columns: tuple[Column, ...]
    has_view: bool = True
    """Whether `bi` has it: what is kept packed cannot be read by SQL, and a view has no row that is
    gone."""

    def shown(self, *, is_unmasked: bool) -> tuple[Column, ...]:
        return tuple(each for each in self.columns if is_unmasked or not each.is_personal)


def _maybe(name: str, type_: Type, meaning: str) -> Column:
    return Column(name, type_, meaning, is_nullable=True)


def _personal(name: str, meaning: str) -> Column:
    return Column(name, Type.TEXT, meaning, is_nullable=True, is_personal=True)


def _head(type_: Type, meaning: str) -> tuple[Column, ...]:
    return (
        Column("tenant_id", Type.ID, "The tenant whose row it is."),
        Column("id", type_, meaning),
    )


def _updated(meaning: str) -> Column:
    return Column("updated_at", Type.TIME, meaning)


_OF_EVALUATION = (
    Column("call_id", Type.ID, "The call, as in `calls`."),
    Column("call_revision", Type.WHOLE, "Which revision of the call was evaluated."),
    Column("rubric_id", Type.ID, "The rubric."),
    Column("rubric_code", Type.TEXT, "Its code."),
    Column("rubric_version", Type.WHOLE, "The number of the version that evaluated."),
    Column("rubric_sha256", Type.TEXT, "SHA-256 of that version's document, in hex."),
    Column("engine_version", Type.TEXT, "The version of the engine that evaluated."),
)
"""In every row that comes of an evaluation."""
_CURRENT = Column(
    "is_current", Type.FLAG, "False once a later evaluation of the call by the rubric is there."
)
_SUPERSEDED = _updated("When the evaluation was made, or the one that replaced it.")
_PLACE = (
    _maybe("role", Type.TEXT, "Whose words: agent, customer, other, unknown."),
    _maybe("utterance", Type.WHOLE, "The utterance that it begins in, from 0."),
    _maybe("first_word", Type.WHOLE, "Its first word in that utterance, from 0."),
    _maybe("last_utterance", Type.WHOLE, "The utterance that it ends in."),
    _maybe("last_word", Type.WHOLE, "Its last word in that utterance, included."),
    _maybe("start_ms", Type.WHOLE, "Milliseconds from the recording's begin."),
    _maybe("end_ms", Type.WHOLE, "The same of its end."),
)

TABLES: Mapping[str, Table] = {
    table.name: table
    for table in (
        Table(
            "calls",
            "One row a call, as its last revision is.",
            (
                *_head(Type.ID, "The call, `transcript` in the API."),
                Column("source_id", Type.ID, "The source that it came from."),
                Column("external_id", Type.TEXT, "Its id at that source."),
                Column("revision", Type.WHOLE, "Rises when words, roles or facts change."),
                Column("state", Type.TEXT, "ready, pending, errored, deleted or refused."),
                Column("state_code", Type.TEXT, "Why it is not ready; empty where it is."),
                Column("language", Type.TEXT, "As the source told it, such as en_us."),
                _maybe("duration_ms", Type.WHOLE, "The recording's length."),
                Column("words", Type.WHOLE, "How many words it has."),
                _maybe("confidence", Type.NUMBER, "Mean of the words' confidences, 0 to 1."),
                Column("timing", Type.TEXT, "How the words' times came about."),
                _maybe("call_at", Type.TIME, "When the call was held."),
                Column("call_zone", Type.TEXT, "The zone that this time was told in."),
                Column("direction", Type.TEXT, "inbound, outbound, or empty."),
                Column(
                    "kind", Type.TEXT, "live, voicemail, third_party, no_conversation or empty."
                ),
                Column("queue", Type.TEXT, "As it was imported with the call."),
                Column("product", Type.TEXT, "As it was imported with the call."),
                Column("customer_region", Type.TEXT, "As it was imported with the call."),
                _maybe("first_contact", Type.FLAG, "Whether it is the first with this customer."),
                _maybe("agent_id", Type.ID, "The agent who spoke first, as in `agents`."),
                Column("crm_ids", Type.JSON, "System to the call's id there."),
                _maybe("duplicate_of", Type.ID, "The call of the same audio that stands for it."),
                _updated("When this revision came in, or `duplicate_of` changed."),
            ),
        ),
        Table(
            "evaluations",
            "One row an evaluation of a call by a version of a rubric; superseded ones stay.",
            (
                *_head(Type.ID, "The evaluation."),
                *_OF_EVALUATION,
                Column("round", Type.WHOLE, "0, or how often what was left open was asked again."),
                Column("verdict", Type.TEXT, "The machine's: passed, failed and so on."),
                _maybe("score", Type.NUMBER, "The machine's, 0 to 100; null: nothing applied."),
                Column("passed", Type.WHOLE, "Rules that passed."),
                Column("failed", Type.WHOLE, "Rules that failed."),
                Column("not_assessable", Type.WHOLE, "Rules that could not be assessed."),
                Column("not_applicable", Type.WHOLE, "Rules that did not apply."),
                _CURRENT,
                Column("created_at", Type.TIME, "When it was made."),
                _SUPERSEDED,
            ),
        ),
        Table(
            "rule_results",
            "One row a rule of an evaluation, whatever its result.",
            (
                *_head(Type.TEXT, "The evaluation's id, a colon, the rule's code."),
                Column("evaluation_id", Type.ID, "As in `evaluations`."),
                *_OF_EVALUATION,
                Column("rule", Type.TEXT, "The rule's code."),
                Column(
                    "result", Type.TEXT, "passed, failed, not_assessable, not_applicable or asked."
                ),
                _maybe(
                    "outcome", Type.TEXT, "What was heard: found, clear, not_assessable, asked."
                ),
                _maybe("reason", Type.TEXT, "Why it was not assessable; null where it was."),
                Column("is_unsure", Type.FLAG, "Found on words under the rule's confidence."),
                Column("places", Type.WHOLE, "How many rows of `evidence` it has."),
                _CURRENT,
                _SUPERSEDED,
            ),
            has_view=False,
        ),
        Table(
            "evidence",
            "One row a place in a call that a rule's result rests on: positions, never words.",
            (
                *_head(Type.TEXT, "The rule result's id, a colon, the place's number from 1."),
                Column("rule_result_id", Type.TEXT, "As in `rule_results`."),
                Column("evaluation_id", Type.ID, "As in `evaluations`."),
                *_OF_EVALUATION,
                Column("rule", Type.TEXT, "The rule's code."),
                *_PLACE,
                Column("is_unsure", Type.FLAG, "It rests on words under the rule's confidence."),
                Column("label", Type.TEXT, "What was found, where the check knows kinds."),
                _maybe("score", Type.NUMBER, "0 to 1, where the check gives one."),
                Column("field", Type.TEXT, "A field of the source's document, outside the words."),
                _CURRENT,
                _SUPERSEDED,
            ),
            has_view=False,
        ),
        Table(
            "findings",
            "One row a rule that failed on a call, with where it stands with the reviewers.",
            (
                *_head(Type.ID, "The finding."),
                Column("evaluation_id", Type.ID, "As in `evaluations`."),
                *_OF_EVALUATION,
                Column("rule", Type.TEXT, "The rule's code."),
                Column("severity", Type.TEXT, "The rule's: critical, high, medium, low or info."),
                Column("lowered_to", Type.TEXT, "What a reviewer put in its place, or empty."),
                Column("outcome", Type.TEXT, "found, or absent where something was not said."),
                Column("is_unsure", Type.FLAG, "Found on words under the rule's confidence."),
                _maybe("agent_id", Type.ID, "Who answers for it, as in `agents`."),
                *_PLACE,
                Column("places", Type.WHOLE, "How many places show it; 0 for an absence."),
                Column("standing", Type.TEXT, "open, upheld, dismissed, escalated and so on."),
                _maybe("decided_at", Type.TIME, "When a reviewer decided last."),
                _maybe("decided_by", Type.ID, "The reviewer who did."),
                Column("is_current", Type.FLAG, "False where the standing is superseded."),
                Column("found_at", Type.TIME, "When it was found."),
                _updated("When it was found, decided, reopened or superseded last."),
            ),
        ),
        Table(
            "reviews",
            "One row a verdict of a reviewer; a change of mind is another row.",
            (
                *_head(Type.ID, "The review."),
                Column("evaluation_id", Type.ID, "As in `evaluations`."),
                _maybe("finding_id", Type.ID, "As in `findings`; null for a rule that passed."),
                *_OF_EVALUATION,
                Column("rule", Type.TEXT, "The rule's code."),
                Column("sequence", Type.WHOLE, "1, 2, 3 … of the same result: the last holds."),
                Column("verdict", Type.TEXT, "upheld, dismissed, escalated, reopened or second."),
                Column("reason_code", Type.TEXT, "The reason's code; empty where none is asked."),
                Column("severity", Type.TEXT, "What it was lowered to, or empty."),
                Column("reviewer_id", Type.ID, "The reviewer."),
                _personal("reviewer", "The reviewer's e-mail address."),
                _personal("note", "The reviewer's note; null where none is kept."),
                _updated("When it was given."),
            ),
        ),
        Table(
            "agents",
            "One row an agent.",
            (
                *_head(Type.ID, "The agent."),
                _personal("external_id", "The id in the telephone system or CRM."),
                _personal("name", "The name, where one is known."),
                _maybe("team_id", Type.ID, "The agent's team."),
                _maybe("team", Type.TEXT, "Its name."),
                _updated("When the row was made or changed last."),
            ),
        ),
        Table(
            "deletions",
            "One row a call, evaluation or finding that was erased: take out what has its id.",
            (
                *_head(Type.ID, "The id of the row that is gone."),
                Column("kind", Type.TEXT, "call, evaluation or finding."),
                _updated("When it was erased."),
            ),
            has_view=False,
        ),
    )
}


def names(columns: Sequence[Column]) -> list[str]:
    return [each.name for each in columns]

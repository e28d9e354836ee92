"""An evaluation's findings before the reviewers: due when, suppressed or not, alike to which."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from reviews.detection import alike
from reviews.detection.evidence import Evidence
from reviews.detection.rubric import GRAVEST_FIRST
from reviews.detection.transcript import Transcript
from reviews.evaluation import carrying
from reviews.models import QueueItem, Standing, SuppressedBy
from reviews.models.ids import uuid7
from reviews.models.queue_item import UNDECIDED
from reviews.models.rows import Row, insert, select
from reviews.queries import due
from reviews.queries.alike import secret_of

RANKS = {severity: rank for rank, severity in enumerate(GRAVEST_FIRST)}
"""Severity → its rank in the queue, the gravest 0."""
_IN_HAND = (
    "standing", "level", "asked_by_id", "assigned_to_id", "claimed_by_id", "claimed_until",
    "held_until", "due_at",
)  # fmt: skip
"""What people did with a finding that nobody has decided yet; a new evaluation takes it over."""
_SUPERSEDE = f"""
WITH was AS (
    SELECT id, rule_code, {", ".join(_IN_HAND)} FROM reviews_queueitem
    WHERE transcript_id = %(transcript)s AND rubric_id = %(rubric)s
        AND standing IN ('open', 'escalated', 'second', 'suppressed')
    FOR UPDATE
)
UPDATE reviews_queueitem item SET standing = 'superseded', updated_at = %(now)s
FROM was WHERE item.id = was.id
RETURNING was.rule_code, {", ".join(f"was.{name}" for name in _IN_HAND)}
"""  # noqa: S608 # names of our own columns, no value
_SUPPRESSIONS = """
SELECT id, rule_code, matches, key, agent_id FROM reviews_suppression
WHERE rule_code = ANY(%(rules)s) AND withdrawn_at IS NULL AND expires_at > %(now)s
"""
_SHARED = ("tenant_id", "transcript_id", "agent_id", "rule_code")


@dataclass(frozen=True, slots=True)
class Failed:
    """A finding's row and the places it was found at, in the call's order."""

    row: Row
    places: Sequence[Evidence]


def put(
    *, rubric_id: UUID, transcript_id: UUID, call: Transcript, failed: Sequence[Failed],
    now: datetime,
) -> None:  # fmt: skip
    """In place of those of the evaluation before; in the transaction that writes this one."""
    was = select(_SUPERSEDE, {"transcript": transcript_id, "rubric": rubric_id, "now": now})
    if not failed:
        return
    in_hand = {rule: dict(zip(_IN_HAND, rest, strict=True)) for rule, *rest in was}
    worked = due.hours(failed[0].row["tenant_id"])
    suppressed = _suppressed(failed, now)
    items = []
    for each in failed:
        item = _item(rubric_id, each, _Keys.of(each, call), suppressed, worked)
        items.append(_taken_over(item, in_hand.get(each.row["rule_code"])))
    insert(QueueItem, items)
    carrying.carry(evaluation_id=failed[0].row["evaluation_id"], now=now)


def _item(
    rubric_id: UUID, each: Failed, keys: "_Keys", suppressed: "_Suppressed", worked: due.Hours
) -> Row:
    finding = each.row
    suppression = keys.suppressed_by(finding, suppressed)
    return {
        "id": uuid7(),
        "finding_id": finding["id"],
        "rubric_id": rubric_id,
        "rank": RANKS[finding["severity"]],
        "standing": Standing.SUPPRESSED if suppression else Standing.OPEN,
        "suppression_id": suppression,
        "sequence": 0,
        "lowered_to": "",
        "found_at": finding["created_at"],
        "updated_at": finding["created_at"],
        "due_at": due.due_at(worked, finding["severity"], finding["created_at"]),
        "phrase_key": keys.phrases[0] if keys.phrases else None,
        "line_key": keys.lines[0] if keys.lines else None,
        **{name: finding[name] for name in _SHARED},
    }


def _taken_over(item: Row, in_hand: Row | None) -> Row:
    """Still with whom it was, and due when it was, or sooner where it is graver now."""
    taken = in_hand or dict.fromkeys(_IN_HAND) | {"level": 0}
    is_waiting = item["standing"] == Standing.OPEN and taken["standing"] in UNDECIDED
    standing = taken["standing"] if is_waiting else item["standing"]
    dues = [due_at for due_at in (taken["due_at"], item["due_at"]) if due_at]
    return item | taken | {"standing": standing, "due_at": min(dues, default=None)}


_Suppressed = dict[tuple[str, str, bytes, UUID | None], UUID]
"""Rule, what of it matches, key, agent (None: everybody) → the suppression."""


def _suppressed(failed: Sequence[Failed], now: datetime) -> _Suppressed:
    rules = [each.row["rule_code"] for each in failed]
    rows = select(_SUPPRESSIONS, {"rules": rules, "now": now})
    return {(rule, matches, bytes(key), agent): own for own, rule, matches, key, agent in rows}


@dataclass(frozen=True, slots=True)
class _Keys:
    """Of every place of a finding; empty where one stands outside the words."""

    phrases: Sequence[bytes] = ()
    lines: Sequence[bytes] = ()

    @classmethod
    def of(cls, each: Failed, call: Transcript) -> "_Keys":
        if any(place.field for place in each.places):
            return cls()
        secret = secret_of(each.row["tenant_id"])
        return cls(
            [alike.phrase_key(secret, call, place) for place in each.places],
            [alike.line_key(secret, call, place) for place in each.places],
        )

    def suppressed_by(self, finding: Row, suppressed: _Suppressed) -> UUID | None:
        """The first one's, where every place is suppressed: one that is not must be seen."""
        found = [self._at(place, finding, suppressed) for place in range(len(self.phrases))]
        return found[0] if found and all(found) else None

    def _at(self, place: int, finding: Row, suppressed: _Suppressed) -> UUID | None:
        for matches, key in (
            (SuppressedBy.PHRASE, self.phrases[place]),
            (SuppressedBy.LINE, self.lines[place]),
        ):
            for agent in (None, finding["agent_id"]):
                if own := suppressed.get((finding["rule_code"], matches, key, agent)):
                    return own
        return None

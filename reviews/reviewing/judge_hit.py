"""A person says whether a hit of a backtest is right; the queue is not touched by it."""

from datetime import datetime

from reviews import audit
from reviews.models import Backtest, BacktestHit, Judgement, Origin, User


def judge_hit(*, hit: BacktestHit, is_violation: bool, by: User, now: datetime) -> Judgement:
    """Record it for this rubric's rule at this place; in the caller's transaction.

    It counts as an earlier verdict in every backtest to come.
    """
    rubric_id = Backtest.objects.values_list("rubric_id", flat=True).get(pk=hit.backtest_id)
    made = Judgement.objects.create(
        tenant_id=hit.tenant_id,
        rubric_id=rubric_id,
        transcript_id=hit.transcript_id,
        transcript_revision=hit.transcript_revision,
        rule_code=hit.rule_code,
        is_violation=is_violation,
        origin=Origin.BACKTEST,
        is_absence=hit.is_absence,
        utterance=hit.utterance,
        first_word=hit.first_word,
        last_utterance=hit.last_utterance,
        last_word=hit.last_word,
        by=by,
        at=now,
    )
    data: dict[str, str | int] = {"rule": hit.rule_code, "is_violation": int(is_violation)}
    audit.record(event=audit.Event.HIT_JUDGED, by=by, target=made, at=now, data=data)
    return made

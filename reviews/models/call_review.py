"""Whole calls that people reviewed: every question answered, every rule seen.

What is finished is append-only, and another review of the same call takes its place by its number.
Until then it is a draft, which its reviewer changes as they go.
"""

from django.db import models

from reviews.models.tenancy import TenantModel, reference


class CallReviewDraft(TenantModel):
    """What a reviewer has said so far of one evaluation."""

    PERSONAL = frozenset({"answers"})
    SAFE = frozenset(
        {
            "id", "tenant", "transcript", "evaluation", "by", "is_random", "wrong", "missed",
            "began_at", "changed_at",
        }
    )  # fmt: skip

    transcript = reference("reviews.Transcript", related_name="call_review_drafts")
    evaluation = reference("reviews.Evaluation", related_name="call_review_drafts")
    by = models.ForeignKey("reviews.User", on_delete=models.PROTECT, related_name="+")
    is_random = models.BooleanField(default=False)
    """The call was drawn by chance, so that what is missed on it stands for all calls."""
    answers = models.JSONField(default=dict)
    """Rule code → {"level": its code, "" where the question does not apply, null while it is open,
    "comment": text}."""
    wrong = models.JSONField(default=dict)
    """Code of a failed rule → why its finding is to be dismissed."""
    missed = models.JSONField(default=dict)
    """Code of a rule that should have failed → {"utterance": where, or null}."""
    began_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "evaluation", "by"], name="call_review_draft_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.id)


class CallReview(TenantModel):
    """Who reviewed a whole call, from when to when, against which rubric version."""

    SAFE = frozenset(
        {
            "id", "tenant", "transcript", "transcript_revision", "rubric_version", "evaluation",
            "sequence", "by", "is_random", "started_at", "ended_at",
        }
    )  # fmt: skip

    transcript = reference("reviews.Transcript", related_name="call_reviews")
    transcript_revision = models.PositiveIntegerField()
    rubric_version = reference("reviews.RubricVersion", related_name="call_reviews")
    evaluation = reference("reviews.Evaluation", related_name="call_reviews")
    """The one that was looked at; it holds for every evaluation of the revision by the version."""
    sequence = models.PositiveIntegerField()
    """1, 2, 3 … for one revision and version; the last one counts."""
    by = models.ForeignKey("reviews.User", on_delete=models.PROTECT, related_name="+")
    is_random = models.BooleanField(default=False)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ended_at__gte=models.F("started_at")), name="call_review_order"
            ),
            models.UniqueConstraint(
                fields=[
                    "tenant", "transcript", "transcript_revision", "rubric_version", "sequence",
                ],
                name="call_review_once",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.id)


class CallReviewAnswer(TenantModel):
    """A person's answer to one question."""

    SAFE = frozenset(
        {"id", "tenant", "call_review", "rule_code", "level", "share", "comment_sha256"}
    )

    call_review = reference("reviews.CallReview", related_name="answers")
    rule_code = models.CharField(max_length=100)
    level = models.CharField(max_length=100, blank=True)
    """Empty where the question does not apply; `share` is null then."""
    share = models.FloatField(null=True, blank=True)
    """Of the rule's points, 0..1."""
    comment_sha256 = models.BinaryField(max_length=32, null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "call_review", "rule_code"], name="call_review_answer_once"
            ),
            models.CheckConstraint(
                condition=models.Q(share=None) | models.Q(share__gte=0, share__lte=1),
                name="call_review_answer_share",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class CallReviewComment(TenantModel):
    """The comment of an answer, apart from it: it can be erased, the answer keeps its hash."""

    PERSONAL = frozenset({"text"})
    SAFE = frozenset({"id", "tenant", "answer"})

    answer = reference("reviews.CallReviewAnswer", related_name="comments")
    text = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "answer"], name="call_review_comment_once")
        ]

    def __str__(self) -> str:
        return str(self.id)


class CallReviewRule(TenantModel):
    """A rule that fails by the machine, by the reviewer or by both. The others hold for both."""

    SAFE = frozenset(
        {"id", "tenant", "call_review", "rule_code", "was_failed", "is_violation", "utterance"}
    )

    call_review = reference("reviews.CallReview", related_name="rules")
    rule_code = models.CharField(max_length=100)
    was_failed = models.BooleanField()
    """By the machine."""
    is_violation = models.BooleanField()
    """By the reviewer; without `was_failed` the machine missed it."""
    utterance = models.PositiveIntegerField(null=True, blank=True)
    """Where, of one that was missed, if the reviewer said."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "call_review", "rule_code"], name="call_review_rule_once"
            ),
            models.CheckConstraint(
                condition=models.Q(was_failed=True) | models.Q(is_violation=True),
                name="call_review_rule_fails",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

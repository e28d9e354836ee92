"""The job ledger's row: it is the truth of what is to be done; the queue only nudges."""

from django.db import models

from reviews.models.tenancy import TenantModel


class JobKind(models.TextChoices):
    BACKFILL = "backfill", "List of all calls of a source"
    FETCH = "fetch", "Calls fetched from a source"
    POLL = "poll", "New calls of a source"
    RECONCILE = "reconcile", "Comparison with a source's list"
    SUBMIT = "submit", "Recording sent to a source"
    ERASE = "erase", "Calls deleted at a source"
    AUDIO = "audio", "Recordings fetched and deleted"
    EVALUATE = "evaluate", "Evaluation of a transcript"
    RUN = "run", "Run asked for by a program"
    BACKTEST = "backtest", "Backtest of a rubric"
    SHADOW = "shadow", "New call by a draft in shadow"
    EVALUATE_ANEW = "anew", "Earlier calls by a new version"
    SAMPLE = "sample", "Calls drawn by a sampling plan"
    DIGEST = "digest", "Mails with what is unread"
    KEYS = "keys", "API keys that end soon"
    DELIVER = "deliver", "Events sent to a webhook"
    ERASE_TENANT = "erase_tenant", "Tenant deleted"
    DROP = "drop", "Files put for a warehouse"
    CRM = "crm", "Evaluations written to a CRM"
    FORWARD = "forward", "Findings sent by a forwarding rule"
    ASK_AGAIN = "ask_again", "What was left open for want of earlier calls"


class JobState(models.TextChoices):
    QUEUED = "queued", "Queued"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    DEAD = "dead", "Dead letter"


class Job(TenantModel):
    SAFE = frozenset(
        {
            "id", "tenant", "kind", "key", "subject_id",
            "against_id", "round", "state", "attempts", "holder", "fence", "due_at",
            "done_count", "total_count", "last_error_code", "created_at", "finished_at",
        }
    )  # fmt: skip

    kind = models.CharField(max_length=20, choices=JobKind)
    key = models.CharField(max_length=200)
    """What makes the work the same work: a second job with the same key is not made."""
    subject_id = models.UUIDField()
    """The row the work is about: a source, a transcript; of a walk, the last that it came to."""
    against_id = models.UUIDField(null=True, blank=True)
    """The second row where there is one: the rubric version, the submission."""
    round = models.PositiveIntegerField(default=0)
    """How often the same was evaluated before: docs/adr/0013."""
    state = models.CharField(max_length=10, choices=JobState, default=JobState.QUEUED)
    attempts = models.PositiveIntegerField(default=0)
    """Counted and committed before work starts, so that a job that kills its worker is counted."""
    fence = models.PositiveBigIntegerField(default=0)
    """Rises with every claim; a result is written only under the fence that claimed it."""
    due_at = models.DateTimeField()
    """From when on anybody may claim it: not before (queued), end of the lease (running)."""
    holder = models.CharField(max_length=100, blank=True)
    """host:pid of the process that claimed it last."""
    done_count = models.PositiveIntegerField(default=0)
    total_count = models.PositiveIntegerField(null=True, blank=True)
    last_error_code = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "kind", "key"], name="job_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=JobState.values), name="job_state_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "due_at"],
                name="job_due",
                condition=models.Q(state__in=["queued", "running"]),
            )
        ]

    def __str__(self) -> str:
        return str(self.id)

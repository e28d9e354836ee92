"""CRM systems that evaluations are written to: what goes where, and what came of each."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from reviews.models.tenancy import TenantModel, reference


class CrmSystem(models.TextChoices):
    SALESFORCE = "salesforce", "Salesforce"
    HUBSPOT = "hubspot", "HubSpot"


class CrmSignIn(models.TextChoices):
    """How we show who we are."""

    CLIENT = "client", _("Client credentials")
    JWT = "jwt", _("JWT bearer")
    TOKEN = "token", _("Access token")


class CrmField(models.TextChoices):
    """What can be written. A name is never changed: mappings hold it."""

    EVALUATION = "evaluation", _("Evaluation: our id")
    CALL = "call", _("Call: our id")
    CALL_EXTERNAL = "call_external", _("Call: id at its source")
    CALL_CRM = "call_crm", _("Call: id in this CRM")
    ACCOUNT_CRM = "account_crm", _("Account: id in this CRM")
    OPPORTUNITY_CRM = "opportunity_crm", _("Opportunity: id in this CRM")
    AGENT_EXTERNAL = "agent_external", _("Agent: id in the telephone system")
    AGENT_CRM = "agent_crm", _("Agent: id in this CRM")
    LINK = "link", _("Address of the call's page")
    RUBRIC = "rubric", _("Rubric: its code")
    RUBRIC_VERSION = "rubric_version", _("Rubric: number of the version")
    CALL_AT = "call_at", _("Time of the call")
    EVALUATED_AT = "evaluated_at", _("Time of the evaluation")
    DURATION = "duration_s", _("Length of the call in seconds")
    SCORE = "score", _("Score by the machine, 0 to 100")
    VERDICT = "verdict", _("Verdict by the machine")
    REVIEWED_SCORE = "reviewed_score", _("Score after review")
    REVIEWED_VERDICT = "reviewed_verdict", _("Verdict after review")
    IS_REVIEWED = "is_reviewed", _("Whether nothing waits for a reviewer")
    RISK = "risk_flag", _("Whether a finding of high or critical severity stands")
    FAILED_RULES = "failed_rules", _("Codes of the rules that failed")
    CRITICAL = "critical", _("Findings that stand: critical")
    HIGH = "high", _("Findings that stand: high")
    MEDIUM = "medium", _("Findings that stand: medium")
    LOW = "low", _("Findings that stand: low")
    INFO = "info", _("Findings that stand: info")
    OPEN = "open", _("Findings not decided yet")
    UPHELD = "upheld", _("Findings confirmed by a reviewer")
    DISMISSED = "dismissed", _("Findings dismissed by a reviewer")
    QUOTE = "quote", _("Words of the gravest finding, personal data masked")


class CrmState(models.TextChoices):
    ON = "on", _("On")
    OFF = "off", _("Off")


class CrmConnection(TenantModel):
    """An object of a CRM in which each evaluation has a row."""

    PERSONAL = frozenset({"username"})
    SAFE = frozenset(
        {
            "id", "tenant", "name", "system", "sign_in", "is_sandbox", "address", "client_id",
            "sealed_secret", "sealed_token", "object_name", "key_field", "mapping", "lengths",
            "with_quote", "only_forwarded", "state", "off_code", "problems", "checked_at",
            "version", "cursor_at", "cursor_id", "created_by", "created_at",
        }
    )  # fmt: skip

    name = models.CharField(max_length=200)
    system = models.CharField(max_length=20, choices=CrmSystem)
    sign_in = models.CharField(max_length=10, choices=CrmSignIn)
    is_sandbox = models.BooleanField(default=False)
    address = models.CharField(max_length=300)
    """Where we sign in; where records are written, Salesforce answers."""
    client_id = models.CharField(max_length=300, blank=True)
    username = models.CharField(max_length=200, blank=True)
    sealed_secret = models.BinaryField()
    """The client's secret, its private key, or the access token; sealed."""
    sealed_token = models.BinaryField(null=True, blank=True)
    """What the sign-in answered last, with the address of the instance; sealed."""
    object_name = models.CharField(max_length=100)
    key_field = models.CharField(max_length=100)
    """The target's field that holds our evaluation's id, once."""
    mapping = models.JSONField(default=dict)
    """CrmField → the target's field."""
    lengths = models.JSONField(default=dict)
    """The target's texts and dates → how many characters each holds, as it was checked."""
    with_quote = models.BooleanField(default=False)
    only_forwarded = models.BooleanField(default=False)
    """Evaluations that a forwarding rule sent, and their later changes; no others."""
    state = models.CharField(max_length=10, choices=CrmState, default=CrmState.OFF)
    off_code = models.CharField(max_length=50, blank=True)
    """Why it went off by itself; empty where it did not."""
    problems = models.JSONField(default=list)
    """What the last check found wrong: pairs of a code and a field's name."""
    checked_at = models.DateTimeField(null=True, blank=True)
    """When all was well last; null since something of it changed."""
    version = models.PositiveIntegerField(default=1)
    """Rises with each change of what goes where: a job that began before it begins anew."""
    cursor_at = models.DateTimeField()
    cursor_id = models.UUIDField()
    """The last change that was looked at."""
    created_by = models.ForeignKey(
        "reviews.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "name"], name="crm_connection_once"),
            models.CheckConstraint(
                condition=models.Q(system__in=CrmSystem.values), name="crm_system_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=CrmState.values), name="crm_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state=CrmState.OFF) | models.Q(off_code=""),
                name="crm_on_without_code",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class CrmRun(TenantModel):
    """Records written one after the other, from when something waited until nothing did."""

    SAFE = frozenset(
        {"id", "tenant", "connection", "started_at", "finished_at", "written", "failed", "code"}
    )

    connection = reference("reviews.CrmConnection", related_name="runs")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    written = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    """Tries that failed; one record may fail more than once."""
    code = models.CharField(max_length=50, blank=True)
    """Why it ended before its end; empty where it did not."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "connection"],
                condition=models.Q(finished_at=None),
                name="crm_run_one_at_once",
            )
        ]

    def __str__(self) -> str:
        return str(self.id)


class CrmRecordState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    WRITTEN = "written", _("Written")
    FAILED = "failed", _("Failed")


class CrmRecord(TenantModel):
    """One evaluation in one CRM: whether it is to be written, and what came of the last try."""

    SAFE = frozenset(
        {
            "id", "tenant", "connection", "evaluation", "run", "state", "changes", "tries",
            "due_at", "code", "target_id", "tried_at",
        }
    )  # fmt: skip

    connection = reference("reviews.CrmConnection", related_name="records")
    evaluation = reference("reviews.Evaluation", related_name="crm_records")
    run = reference("reviews.CrmRun", related_name="records", null=True)
    """That tried it last."""
    state = models.CharField(max_length=10, choices=CrmRecordState, default=CrmRecordState.WAITING)
    changes = models.PositiveIntegerField(default=1)
    """Rises with each that is to be written: one that comes while it is written is not lost."""
    tries = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField()
    code = models.CharField(max_length=50, blank=True)
    """Why the last try failed; empty where it did not."""
    target_id = models.CharField(max_length=40, blank=True)
    """The id that the CRM gave it."""
    tried_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "connection", "evaluation"], name="crm_record_once"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=CrmRecordState.values), name="crm_record_state_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["connection", "due_at"],
                name="crm_record_due",
                condition=models.Q(state="waiting"),
            ),
            models.Index(fields=["connection", "run", "id"], name="crm_record_log"),
            models.Index(fields=["connection", "state", "id"], name="crm_record_state"),
        ]

    def __str__(self) -> str:
        return str(self.id)

"""What people are told: that something waits for them, or what came of something of theirs."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from reviews.models.tenancy import TenantModel


class Notice(models.TextChoices):
    FINDING_ASSIGNED = "finding_assigned", _("Findings assigned to you")
    FINDING_TAKEN = "finding_taken", _("Findings taken over from you")
    FINDING_WAITS = "finding_waits", _("Findings escalated, or in want of a second opinion")
    CALLS_GIVEN = "calls_given", _("Whole calls given to you to review")
    CALIBRATION_GIVEN = "calibration_given", _("Calibration sets given to you")
    APPEAL_MADE = "appeal_made", _("Appeals made")
    APPEAL_ANSWERED = "appeal_answered", _("Appeals of yours answered")
    CALL_RELEASED = "call_released", _("Calls released to you")
    COACHING_GIVEN = "coaching_given", _("Coaching given to you")
    COACHING_READ = "coaching_read", _("Coaching of yours read by its agent")
    VERSION_WAITS = "version_waits", _("Rubrics that wait for a second person")
    SOURCE_STOPPED = "source_stopped", _("Sources that stopped")
    KEY_ENDS = "key_ends", _("API keys that end soon")
    HOOK_OFF = "hook_off", _("Webhooks that were turned off")
    CRM_OFF = "crm_off", _("CRM connections that went off")
    FORWARD_OFF = "forward_off", _("Forwarding rules that were turned off")


class Notification(TenantModel):
    """One person is told one thing. No text: what it is about is read when it is shown."""

    SAFE = frozenset({"id", "tenant", "user", "kind", "about_id", "count", "created_at", "read_at"})

    user = models.ForeignKey("reviews.User", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=Notice)
    about_id = models.UUIDField()
    """A row of the tenant; which table, reviews/notify.py says. It may be gone since."""
    count = models.PositiveIntegerField(default=1)
    """Of how many at once; `about_id` is the first of them, or what holds them."""
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "user", "kind", "about_id"],
                condition=models.Q(read_at=None),
                name="notification_unread_once",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=Notice.values), name="notification_kind_known"
            ),
        ]
        indexes = [models.Index(fields=["tenant", "user", "id"], name="notification_order")]

    def __str__(self) -> str:
        return str(self.id)

"""Who was told what."""

from reviews.models import Notification, Tenant
from reviews.models.tenancy import tenant_context


def told(tenant: Tenant) -> list[tuple[str, str]]:
    """What is unread: the part of the e-mail before the @, and the kind; in alphabetic order."""
    with tenant_context(tenant.pk):
        rows = Notification.objects.filter(read_at=None).values_list("user__email", "kind")
        return sorted((email.split("@")[0], kind) for email, kind in rows)

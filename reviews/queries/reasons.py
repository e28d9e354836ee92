"""Why findings are dismissed: the tenant's own list, or the usual one."""

from collections.abc import Mapping
from uuid import UUID

from reviews.access import scoped_to
from reviews.models import DismissalReason

USUAL = {
    "not_said": "The words were not said",
    "other_meaning": "Said, but meant otherwise",
    "allowed": "Allowed in this case",
    "misheard": "Misheard by the transcription",
    "wrong_speaker": "Another person said it",
    "wrong_rule": "The rule is wrong",
}
"""In the order of their keys 1 to 6."""
AT_MOST = 9
"""As many as there are digits to choose them by."""


def reasons(tenant_id: UUID) -> Mapping[str, str]:
    """Code → label in the order of their keys. One SQL query, in the tenant's transaction."""
    rows = scoped_to(DismissalReason, tenant_id).filter(retired_at=None)
    return dict(rows.order_by("position", "code").values_list("code", "label")) or USUAL

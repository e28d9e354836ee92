"""A tenant's rubric with a draft that changes something, tried on its calls."""

from django.utils import timezone

from reviews.detection.rubric import canonical, parse_rubric
from reviews.evaluation import backtest
from reviews.models import Backtest, RubricVersion, Tenant
from reviews.models.tenancy import tenant_context
from reviews.rubrics import drafts
from tests.factories.loop import drain


def tried(tenant: Tenant) -> Backtest:
    """The draft has another title and one rule less; the backtest compares it with nothing."""
    now = timezone.now()
    with tenant_context(tenant.pk):
        version = RubricVersion.objects.order_by("-number")[0]
        draft = drafts.begin(version.rubric, by=None, now=now)
        document = drafts.document_of(draft)
        document["rules"][0]["title"] = "Another title"
        document["rules"] = document["rules"][:-1]
        drafts.save(draft, document, drafts.Author(draft.revision, None, now))
        row = backtest.start(
            rubric=version.rubric,
            document=canonical(parse_rubric(document)).decode(),
            base=None,
            scope=backtest.Scope(days=400),
            by=None,
            now=timezone.now(),
        )
    drain()
    with tenant_context(tenant.pk):
        row.refresh_from_db()
    return row

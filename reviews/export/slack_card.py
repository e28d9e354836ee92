"""What a forwarding rule says of a row in Slack. In the caller's tenant transaction."""

from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from reviews.export import slack
from reviews.export.slack import Card
from reviews.models import Forward, Forwarded, Trigger
from reviews.queries import forwards


def body_of(row: Forward, sent: Forwarded) -> bytes:
    return slack.message(_card(row, sent))


def _card(row: Forward, sent: Forwarded) -> Card:
    if sent.about_id is None:
        return Card(_("A test of the forwarding rule"), {_("Forwarding rule"): row.name})
    said = forwards.said_of(row.tenant_id, sent.about_id, has_quote=row.has_quote)
    if said is None:
        return Card(_("A finding that is gone since"), {_("Forwarding rule"): row.name})
    is_upheld = row.trigger == Trigger.UPHELD
    facts = {
        _("Severity"): said.severity,
        _("What happened"): _("upheld by a reviewer") if is_upheld else _("found"),
        _("Rubric"): said.rubric,
        _("Score"): "–" if said.score is None else f"{said.score:.1f}",
        _("Source"): said.source,
        _("Forwarding rule"): row.name,
    }
    if said.agent:
        facts[_("Agent")] = said.agent
    path = reverse("call-detail", args=[row.tenant.slug, said.transcript_id])
    link = urljoin(settings.SITE_ADDRESS, f"{path}#f-{said.finding_id}")
    return Card(said.rule, facts, link if settings.SITE_ADDRESS else "", said.quote)

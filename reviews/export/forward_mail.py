"""The mail of a forwarding rule: findings counted by their rules, and a link. No word of a call."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import ngettext

from reviews import access, mailing
from reviews.export.forwards import MAILED
from reviews.models import Finding, Forward, Membership


@dataclass(frozen=True, slots=True)
class Mail:
    subject: str
    body: str
    to: Sequence[str]


def of(row: Forward, findings: Sequence[UUID]) -> Mail:
    """To whom it is for now; of no findings a test. In the caller's tenant transaction."""
    found = access.scoped_to(Finding, row.tenant_id).filter(pk__in=findings)
    kinds = Counter(found.values_list("severity", "rule_code"))
    said = ngettext("%(n)s finding", "%(n)s findings", len(findings)) % {"n": len(findings)}
    context = {
        "name": _line(row.name),
        "tenant": _line(row.tenant.name),
        "is_test": not findings,
        "kinds": sorted((severity, code, n) for (severity, code), n in kinds.items()),
        "instance": settings.INSTANCE_NAME,
        "queue": settings.SITE_ADDRESS + reverse("queue-list", args=[row.tenant.slug]),
    }
    subject = f"{said} · {context['name']}" if findings else f"Test · {context['name']}"
    return Mail(subject, render_to_string("emails/forward.txt", context), _people(row))


def send(mail: Mail) -> None:
    """Raises MailDown."""
    if mail.to:
        with mailing.connected() as connection:
            for each in mail.to:
                mailing.send(connection, to=each, subject=mail.subject, body=mail.body)


def _people(row: Forward) -> list[str]:
    rows = access.scoped_to(Membership, row.tenant_id).filter(
        Q(role__in=row.mail_roles) | Q(user__in=row.mail_to),
        is_active=True,
        user__is_active=True,
        role__in=MAILED,
    )
    return list(rows.order_by("user__email").values_list("user__email", flat=True))


def _line(text: str) -> str:
    """On one line, whatever it holds: it is text of a mail, and of its subject."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())

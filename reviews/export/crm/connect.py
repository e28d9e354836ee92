"""From a connection's row to the CRM: signed in, checked, and the rows that it gets."""

import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from uuid import UUID

from django.utils import timezone

from reviews.export.crm import fields
from reviews.export.crm.fields import Plan, Problem
from reviews.export.crm.hubspot import HubSpot
from reviews.export.crm.port import Crm, CrmRefused, Row
from reviews.export.crm.salesforce import Kept, Salesforce, SignIn, Token
from reviews.models import CrmConnection, CrmField, CrmSystem
from reviews.models.secret import SecretUnreadable, seal, unseal
from reviews.models.tenancy import tenant_context
from reviews.queries import crm as queries

LONGEST_DETAIL = 100


@contextmanager
def opened(connection: CrmConnection) -> Iterator[Crm]:
    """The connection's CRM. No request goes out before one is asked for."""
    crm = _crm(connection)
    try:
        yield crm
    finally:
        crm.close()


def _crm(connection: CrmConnection) -> Crm:
    secret = unseal(bytes(connection.sealed_secret))
    names = {"object_name": connection.object_name, "key_field": connection.key_field}
    if connection.system == CrmSystem.HUBSPOT:
        return HubSpot(connection.address, token=secret, **names)
    asked = SignIn(
        address=connection.address,
        client_id=connection.client_id,
        secret=secret,
        username=connection.username,
        is_sandbox=connection.is_sandbox,
    )
    kept = Kept(_token(connection), lambda token: _keep(connection, token))
    return Salesforce(asked, kept=kept, now=timezone.now, **names)


def _token(connection: CrmConnection) -> Token | None:
    if connection.sealed_token is None:
        return None
    try:
        return Token(**json.loads(unseal(bytes(connection.sealed_token))))
    except SecretUnreadable:
        return None  # another one is to be had


def _keep(connection: CrmConnection, token: Token) -> None:
    written = json.dumps({"access": token.access, "instance": token.instance})
    connection.sealed_token = seal(written)
    with tenant_context(connection.tenant_id):
        CrmConnection.objects.filter(pk=connection.pk).update(sealed_token=connection.sealed_token)


def plan_of(connection: CrmConnection) -> Plan:
    """In the order of our fields; without one that a later version took away."""
    mapping = {each: connection.mapping[each] for each in CrmField if each in connection.mapping}
    return Plan(connection.key_field, mapping)


def look(connection: CrmConnection, crm: Crm) -> list[Problem]:
    """Whether the target is as it must be; kept with the connection, by the caller's hand.

    Raises RateLimited, VendorDown and DestinationRefused; all else is a problem.
    """
    plan = plan_of(connection)
    try:
        target = crm.describe()
    except CrmRefused as refusal:
        found = [Problem(refusal.reason, refusal.seen[:LONGEST_DETAIL])]
    else:
        found = fields.problems(plan, target)
        connection.lengths = {} if found else fields.lengths(plan, target)
    connection.problems = [[each.code, each.field] for each in found]
    connection.checked_at = None if found else timezone.now()
    return found


LOOKED = ("problems", "lengths", "checked_at")
"""The columns that `look` changes."""


def rows(connection: CrmConnection, ids: Collection[UUID]) -> dict[UUID, Row]:
    """By evaluation, as the CRM gets them now. In the caller's tenant transaction."""
    facts = queries.facts(connection.tenant_id, connection.system, ids)
    is_quoted = connection.with_quote and CrmField.QUOTE in connection.mapping
    said = queries.quotes(connection.tenant_id, facts) if is_quoted else {}
    plan = plan_of(connection)
    return {
        each: fields.row(plan, {**own, **said.get(each, {})}, connection.lengths, str(each))
        for each, own in facts.items()
    }

"""CRM connections: to a fake on the loopback, and one with a log of every kind."""

from collections.abc import Mapping
from datetime import timedelta

from django.utils import timezone

from reviews.export.crm import connections, records
from reviews.export.crm.connections import Wanted
from reviews.export.crm.port import Outcome
from reviews.models import (
    CrmConnection,
    CrmField,
    CrmSignIn,
    CrmState,
    CrmSystem,
    Evaluation,
    Tenant,
)
from reviews.models.tenancy import tenant_context
from tests.factories import hubspot, salesforce

MAPPED: Mapping[CrmField, str] = {
    CrmField.CALL_EXTERNAL: "Call_External__c",
    CrmField.CALL_AT: "Call_At__c",
    CrmField.EVALUATED_AT: "Evaluated_On__c",
    CrmField.SCORE: "Score__c",
    CrmField.VERDICT: "Verdict__c",
    CrmField.REVIEWED_SCORE: "Reviewed_Score__c",
    CrmField.REVIEWED_VERDICT: "Reviewed_Verdict__c",
    CrmField.RISK: "Risk_Flag__c",
    CrmField.FAILED_RULES: "Failed_Rules__c",
}


def to_salesforce(
    address: str = "https://acme.my.salesforce.com", name: str = "Salesforce"
) -> Wanted:
    return Wanted(
        name=name,
        system=CrmSystem.SALESFORCE,
        sign_in=CrmSignIn.CLIENT,
        address=address,
        client_id=salesforce.CLIENT,
        secret=salesforce.SECRET,
        object_name=salesforce.OBJECT,
        key_field=salesforce.KEY,
        mapping=MAPPED,
    )


def to_hubspot(address: str = "", name: str = "HubSpot") -> Wanted:
    return Wanted(
        name=name,
        system=CrmSystem.HUBSPOT,
        sign_in=CrmSignIn.TOKEN,
        address=address,
        secret=hubspot.TOKEN,
        object_name=hubspot.OBJECT,
        key_field=hubspot.KEY,
        mapping={
            CrmField.EVALUATED_AT: "verbatim_evaluated_on",
            CrmField.SCORE: "verbatim_score",
            CrmField.REVIEWED_VERDICT: "verbatim_reviewed_verdict",
            CrmField.RISK: "verbatim_risk_flag",
        },
    )


def connected(tenant: Tenant) -> CrmConnection:
    """Off by itself, with a run whose records are written, waiting and failed."""
    now = timezone.now()
    with tenant_context(tenant.pk):
        row = connections.create(
            tenant_id=tenant.pk, wanted=to_salesforce(), since=now, by=None, now=now
        )
        ids = list(Evaluation.objects.order_by("pk").values_list("pk", flat=True)[:3])
        records.put(row, ids, now=now - timedelta(minutes=1))
        due = records.due(row, limit=3)
        codes = ("", "duplicate_value", "string_too_long")
        outcomes = [
            Outcome(str(record.evaluation_id), "" if code else "a01x00000000001AAA", code)
            for record, code in zip(due, codes, strict=False)
        ]
        for record in due[2:]:
            record.tries = len(records.DELAYS)
        records.note(records.run_of(row), due, outcomes)
        records.end(row, code="sign_in_refused")
        row.state, row.off_code = CrmState.OFF, "sign_in_refused"
        row.problems = [["sign_in_refused", "invalid_grant (status 400)"]]
        row.save()
    return row

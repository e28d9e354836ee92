"""Refusals: what every layer raises when it will not do something, with a code that stays."""

from enum import StrEnum
from typing import ClassVar


class ErrorCode(StrEnum):
    """Stable codes for the API, logs and stored rows. A code is never renamed."""

    REFUSED = "refused"
    DESTINATION_REFUSED = "destination_refused"
    KEY_REFUSED = "key_refused"
    NOT_FOUND = "not_found"
    RATE_LIMITED = "rate_limited"
    VENDOR_DOWN = "vendor_down"
    NAME_UNKNOWN = "name_unknown"
    BAD_REPLY = "bad_reply"
    TOO_LARGE = "too_large"
    PAYLOAD_REFUSED = "payload_refused"
    RUBRIC_REFUSED = "rubric_refused"
    FILTER_REFUSED = "filter_refused"
    NOT_ALLOWED = "not_allowed"
    NOT_POSSIBLE = "not_possible"
    DRAFT_CHANGED = "draft_changed"
    ALREADY_DECIDED = "already_decided"
    REASON_REFUSED = "reason_refused"
    NAME_TAKEN = "name_taken"
    ACCOUNT_TAKEN = "account_taken"
    ALREADY_SUBMITTED = "already_submitted"
    ROUTE_REFUSED = "route_refused"
    LINK_REFUSED = "link_refused"
    AUDIO_UNREADABLE = "audio_unreadable"
    NOT_AUDIO = "not_audio"
    SETUP_REFUSED = "setup_refused"
    TOO_MANY_TRIES = "too_many_tries"
    TOO_MANY_REQUESTS = "too_many_requests"
    KEY_REQUIRED = "key_required"
    SCOPE_MISSING = "scope_missing"
    PARAMETER_REFUSED = "parameter_refused"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    MAIL_DOWN = "mail_down"
    PRECONDITION_FAILED = "precondition_failed"
    PRECONDITION_REQUIRED = "precondition_required"
    REVIEWER_REFUSED = "reviewer_refused"
    IN_PROGRESS = "in_progress"
    NAME_REUSED = "name_reused"
    HOOK_REFUSED = "hook_refused"
    TENANT_REQUIRED = "tenant_required"
    TENANT_NOT_OF_KEY = "tenant_not_of_key"
    TENANT_REFUSED = "tenant_refused"
    TEMPLATE_REFUSED = "template_refused"
    QUOTA_REACHED = "quota_reached"
    EXTRA_MISSING = "extra_missing"
    DROP_REFUSED = "drop_refused"
    TARGET_REFUSED = "target_refused"
    CRM_REFUSED = "crm_refused"
    EXTERNAL_ID_REFUSED = "external_id_refused"
    FORWARD_REFUSED = "forward_refused"
    CALL_ERASED = "call_erased"
    FAILED = "failed"


class Refused(Exception):
    """What was refused, the value seen, what to do; no transcript text, key or personal data."""

    code: ClassVar[ErrorCode] = ErrorCode.REFUSED

    def __init__(self, what: str, seen: str, remedy: str) -> None:
        super().__init__(what, seen, remedy)
        self.what = what
        self.seen = seen
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.what}: {self.seen}. {self.remedy}"

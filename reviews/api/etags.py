"""`ETag` and `If-Match`: a write says which state it saw, and is refused where that has passed."""

import hashlib
import re
from typing import Any

from rest_framework.request import Request

from reviews.errors import ErrorCode, Refused

_TAGS = re.compile(r'(?:\*|"[!#-~]{1,100}"(?:\s*,\s*"[!#-~]{1,100}")*)')
IF_MATCH, IF_NONE_MATCH = "If-Match", "If-None-Match"


class PreconditionFailed(Refused):
    code = ErrorCode.PRECONDITION_FAILED


class PreconditionRequired(Refused):
    code = ErrorCode.PRECONDITION_REQUIRED


class ConditionRefused(Refused):
    code = ErrorCode.PARAMETER_REFUSED


def tag_of(*state: Any) -> str:
    """Strong: other state, other tag. Of one number it is that number."""
    if len(state) == 1 and isinstance(state[0], int):
        return f'"{state[0]}"'
    return f'"{hashlib.sha256(repr(state).encode()).hexdigest()[:20]}"'


def check(request: Request, current: str | None) -> None:
    """`current` is what is there, None where nothing is; call it under the row's lock.

    Raises PreconditionFailed, ConditionRefused.
    """
    wanted, unwanted = _tags(request, IF_MATCH), _tags(request, IF_NONE_MATCH)
    if wanted is not None and (current is None or not {"*", current} & wanted):
        seen = "nothing is there" if current is None else f"it is {current} now"
        raise PreconditionFailed("The write is refused", seen, "Read it again, then decide anew.")
    if unwanted is not None and current is not None and {"*", current} & unwanted:
        raise PreconditionFailed(
            "The write is refused", f"it is there, as {current}", "Send If-Match to replace it."
        )


def check_named(request: Request, current: str) -> None:
    """As `check`, of what may only be written by who says what was seen.

    Raises PreconditionRequired too.
    """
    if IF_MATCH not in request.headers:
        raise PreconditionRequired(
            "The write is refused",
            "no If-Match",
            f"Send the ETag that you saw; now {current}.",
        )
    check(request, current)


def _tags(request: Request, name: str) -> set[str] | None:
    said = request.headers.get(name)
    if said is None:
        return None
    if not _TAGS.fullmatch(said.strip()):
        raise ConditionRefused(
            f"The header {name} is refused", f"{len(said)} characters", 'Send an ETag, as "3".'
        )
    return {each.strip() for each in said.split(",")}

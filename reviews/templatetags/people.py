"""Words for what people did, and short forms of what they did it to."""

import json
from uuid import UUID

from django import template

register = template.Library()


@register.filter
def act(event: str) -> str:
    """`call_review.begun` as "call review begun"."""
    return event.replace("_", " ").replace(".", " ")


@register.filter
def short_id(row_id: UUID) -> str:
    """Its last digits: ids of one minute begin alike."""
    return row_id.hex[-8:]


@register.filter
def as_json(value: object) -> str:
    """For an attribute that a script reads; escaped like every text."""
    return json.dumps(value)

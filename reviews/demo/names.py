"""The demo's tenants and people, by name. Read by the supervisor too, so it imports no engine."""

from reviews.models import MemberRole

NAMES = {
    "meridian-care": "Meridian Care",
    "harbor-wealth": "Harbor Wealth",
    "northfield-claims": "Northfield Claims",
}
HOST = "demo.example"


def email_of(role: MemberRole) -> str:
    """Who signs in as this role, in all three tenants."""
    return f"{role.value.replace('_', '-')}@{HOST}"

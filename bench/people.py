"""Who works in the big tenant, and how they sign in."""

SLUG = "bench"
REVIEWERS = 50
PASSWORD = "correct horse battery"  # noqa: S105 # of people who are made up


def email_of(number: object) -> str:
    return f"reviewer-{number}@bench.example"

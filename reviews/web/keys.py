"""The keys of the pages: the one table that binds them and that the help dialog shows."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Key:
    key: str
    """As the browser names it."""
    action: str
    where: str
    """`everywhere`, `queue`, `call` or `backtest`."""
    label: "str | Promise"


_DECIDES = (
    ("c", "uphold", _("Confirm the finding")),
    ("d", "dismiss", _("Dismiss it, then 1 to 9 for the reason")),
    ("e", "escalate", _("Escalate it")),
    ("n", "more", _("More: a note, in part, a second opinion, put off")),
    ("i", "mine", _("Assign it to me")),
    ("z", "undo", _("Undo the last verdict")),
)
_MOVES = (
    ("j", "next", _("Next finding")),
    ("k", "previous", _("Previous finding")),
    ("Enter", "expand", _("Show or hide why it was flagged")),
)
_JUDGES = (
    ("c", "right", _("The hit is right")),
    ("d", "wrong", _("The hit is wrong")),
    ("j", "next", _("Next hit")),
    ("k", "previous", _("Previous hit")),
)
KEYS = (
    Key("?", "help", "everywhere", _("Show these keys")),
    Key("/", "filter", "queue", _("Write what to show")),
    Key("v", "views", "queue", _("Go to the views")),
    Key("x", "pick", "queue", _("Choose the finding")),
    Key(".", "newer", "queue", _("Load what is new")),
    Key("o", "open", "queue", _("Open the call at the evidence")),
    *(Key(key, action, "backtest", label) for key, action, label in _JUDGES),
    *(
        Key(key, action, where, label)
        for where in ("queue", "call")
        for key, action, label in (*_MOVES, *_DECIDES)
    ),
)

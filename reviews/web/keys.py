"""The keys of the pages: the one table that binds them and that the help dialog shows."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Key:
    key: str
    """As the browser names it."""
    action: str
    where: str
    """`everywhere`, `tenant`: on each page of one, `queue`, `call`, `backtest`, or `audio`: a call
    with a recording."""
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
_CALL = (
    ("]", "following", _("Next place of a finding")),
    ("[", "preceding", _("Previous place of a finding")),
    ("/", "find", _("Find in the call")),
)
_PLAYS = (
    ("Space", "play", _("Play, or pause; it resumes 2 s earlier")),
    ("ArrowLeft", "back", _("5 s back")),
    ("ArrowRight", "forth", _("5 s on")),
    (",", "slower", _("Play slower")),
    (".", "faster", _("Play faster")),
    ("s", "follow", _("Follow the lines as they are heard, or not")),
)
KEYS = (
    Key("?", "help", "everywhere", _("Show these keys")),
    Key("Ctrl+k", "jump", "tenant", _("Jump to a page, a call or a rule, or act")),
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
    *(Key(key, action, "call", label) for key, action, label in _CALL),
    *(Key(key, action, "audio", label) for key, action, label in _PLAYS),
)

_PAGES = ("queue", "call", "backtest")
_ON_ALL = ("everywhere", "tenant")
_PAGE_OF = {"audio": "call"}
ACTIONS: Mapping[str, Key] = {key.action: key for key in KEYS}
"""What a key asks for; it can be changed."""
NAMED = ("Ctrl+k", "Space", "Enter", "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown")
"""Keys that are no character; single characters can all be off."""


def is_key(text: str) -> bool:
    """A character that every keyboard has, or one of NAMED."""
    return text in NAMED or (len(text) == 1 and "!" <= text <= "~")


def of(person: Mapping[str, Any]) -> tuple[Key, ...]:
    """The keys that are bound for somebody, by what User.keys holds."""
    own = person.get("own", {})
    bound = [replace(key, key=own[key.action]) if key.action in own else key for key in KEYS]
    return tuple(key for key in bound if len(key.key) > 1 or not person.get("off"))


def clash(own: Mapping[str, str]) -> str | None:
    """A key that would ask for two things on one page."""
    taken: set[tuple[str, str]] = set()
    for key in of({"own": own}):
        pages = _PAGES if key.where in _ON_ALL else (_PAGE_OF.get(key.where, key.where),)
        for place in ((page, key.key) for page in pages):
            if place in taken:
                return key.key
            taken.add(place)
    return None

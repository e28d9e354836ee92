"""The directories and files of an installation: made by us, or refused.

As root we write where other users may write too (/tmp, /var/tmp). Whatever stands there already is
looked at without following links, and nothing is written through what another user prepared.
"""

import os
import stat
from pathlib import Path

from compliance_app.run.binaries import Account, CannotStart

_FRESH = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
_PASS_THROUGH = 0o711


def make_base(path: Path, user: Account) -> None:
    """Make `path`, and what is missing above it; as root let the server's user pass through."""
    if not path.parent.exists():
        make_base(path.parent, user)
    _make(path, _PASS_THROUGH)
    require_own(path, user)
    if user.uid is not None:
        path.chmod(stat.S_IMODE(path.lstat().st_mode) | _PASS_THROUGH)
        _require_way(path, user)


def make_private(path: Path, user: Account) -> None:
    """Make the directory `path`, 0700, the server's user's own."""
    _make(path, 0o700)
    require_own(path, user)
    user.own(path)


def _make(path: Path, mode: int) -> None:
    try:
        path.mkdir(mode=mode)
    except FileExistsError:
        return  # whatever it is: the caller looks at it
    except OSError as error:
        raise CannotStart(_refusal(path, f"it cannot be made ({error.strerror})")) from error


def require_own(path: Path, user: Account) -> None:
    """Raise CannotStart unless `path` is a directory that only we or the server's user may fill."""
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode):
        _refuse(path, "it is no directory, or a link to one")
    if found.st_uid not in {os.geteuid(), user.uid}:
        _refuse(path, f"it belongs to user {found.st_uid}")
    if found.st_mode & _OTHERS_WRITE:
        _refuse(path, f"others may write to it (mode {stat.S_IMODE(found.st_mode):o})")


def write_new(path: Path, text: str, user: Account | None = None) -> None:
    """Write `text` to a file that was not there, 0600; it becomes `user`'s where one is given."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, _FRESH, 0o600), "w") as file:
        if user and user.uid is not None and user.gid is not None:
            os.fchown(file.fileno(), user.uid, user.gid)
        file.write(text)


def read_private(path: Path) -> str:
    """The text of our own file, "" where there is none. Raises CannotStart if others reach it."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise CannotStart(_refusal(path, f"it cannot be read ({error.strerror})")) from error
    with os.fdopen(descriptor) as file:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid():
            _refuse(path, f"it is no file of this user's (it belongs to user {found.st_uid})")
        if stat.S_IMODE(found.st_mode) & 0o077:
            _refuse(path, f"others may reach it (mode {stat.S_IMODE(found.st_mode):o}, not 600)")
        return file.read()


def _require_way(path: Path, user: Account) -> None:
    for part in path.resolve().parents:
        found = part.stat()
        shift = 6 if found.st_uid == user.uid else 3 if found.st_gid == user.gid else 0
        if not found.st_mode >> shift & 1:
            raise CannotStart(
                f"The data directory {path} was refused: the server's user {user.uid} may not pass "
                f"through {part} (mode {stat.S_IMODE(found.st_mode):o}). Open that directory with "
                "chmod o+x, or set COMPLIANCE_DATA_DIR to a directory below open ones."
            )


def _refuse(path: Path, seen: str) -> None:
    raise CannotStart(_refusal(path, seen))


def _refusal(path: Path, seen: str) -> str:
    return (
        f"{path} was refused: {seen}. Look at who made it; remove it or mend its owner and mode, "
        "or set COMPLIANCE_DATA_DIR to a directory of this user's own."
    )

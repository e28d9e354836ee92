"""What another user may have prepared is refused before anything is written through it."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from compliance_app.run import ground
from compliance_app.run.binaries import Account, CannotStart
from compliance_app.run.postgres import Server, read_secrets

US = Account()
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")


def planted_link(path: Path) -> None:
    (path.parent / "elsewhere").mkdir()
    path.symlink_to(path.parent / "elsewhere")


def dangling_link(path: Path) -> None:
    path.symlink_to(path.parent / "nowhere")


def open_to_all(path: Path) -> None:
    path.mkdir()
    path.chmod(0o777)


def open_to_the_group(path: Path) -> None:
    path.mkdir()
    path.chmod(0o770)


PREPARED = [planted_link, dangling_link, open_to_all, open_to_the_group, Path.touch]


@pytest.mark.parametrize("make", [ground.make_base, ground.make_private])
@pytest.mark.parametrize("prepare", PREPARED)
def test_a_prepared_directory_is_refused(
    prepare: Callable[[Path], None], make: Callable[[Path, Account], None], tmp_path: Path
) -> None:
    path = tmp_path / "x"
    prepare(path)
    with pytest.raises(CannotStart, match=r"x was refused: .* COMPLIANCE_DATA_DIR"):
        make(path, US)


@as_root
def test_another_users_directory_is_refused_and_the_servers_is_not(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.mkdir()
    os.chown(path, 12345, 12345)
    with pytest.raises(CannotStart, match="belongs to user 12345"):
        ground.make_private(path, US)
    ground.make_private(path, Account(12345, 12345, ()))
    assert path.stat().st_uid == 12345


@pytest.mark.parametrize("name", ["pginstall", "socket"])
def test_a_server_does_not_use_planted_directories(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("compliance_app.run.postgres.account", Account)
    (tmp_path / "pgdata").mkdir()
    (tmp_path / "pgdata" / "PG_VERSION").touch()
    open_to_all(tmp_path / name)
    server = Server(tmp_path)
    with pytest.raises(CannotStart, match=f"{name} was refused: others may write"):
        server.start()
    assert server.process is None
    assert (tmp_path / name).exists()


def test_a_password_is_not_written_through_a_link(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("kept")
    link = tmp_path / "pgdata.password"
    link.symlink_to(victim)
    ground.write_new(link, "secret")
    assert victim.read_text() == "kept"
    assert stat.S_IMODE(link.lstat().st_mode) == 0o600
    assert link.read_text() == "secret"


def test_planted_secrets_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "secrets"
    made = read_secrets(path)
    assert read_secrets(path) == made
    path.chmod(0o640)
    with pytest.raises(CannotStart, match="mode 640"):
        read_secrets(path)
    path.rename(tmp_path / "other")
    path.symlink_to(tmp_path / "other")
    with pytest.raises(CannotStart, match="cannot be read"):
        read_secrets(path)


@as_root
def test_secrets_of_another_user_are_refused(tmp_path: Path) -> None:
    read_secrets(tmp_path / "secrets")
    os.chown(tmp_path / "secrets", 12345, 12345)
    with pytest.raises(CannotStart, match="belongs to user 12345"):
        read_secrets(tmp_path / "secrets")


@as_root
def test_our_base_is_opened_for_the_servers_user_and_a_closed_parent_is_named(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    closed = tmp_path_factory.mktemp("closed")
    for part in closed.parents:
        part.chmod(part.stat().st_mode | 0o011)
    (closed / "x").mkdir(mode=0o700)
    with pytest.raises(CannotStart, match=f"through {closed} .*COMPLIANCE_DATA_DIR"):
        ground.make_base(closed / "x", Account(12345, 12345, ()))
    closed.chmod(0o711)
    ground.make_base(closed / "x", Account(12345, 12345, ()))
    assert stat.S_IMODE((closed / "x").stat().st_mode) == 0o711

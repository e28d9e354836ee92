"""What the children of the foreground owner get to see."""

from pathlib import Path

import pytest

from compliance_app.run import up
from compliance_app.run.postgres import Server, read_secrets

GIVEN = {
    "SECRET_KEY": "given",
    "FIELD_KEYS": "",
    "DATABASE_URL": "",
    "DATABASE_OWNER_URL": "postgresql://owner:p@h/n",
    "DATABASE_OWNER_URL_FILE": "/owner",
    "OTHER": "kept",
}


def test_environment_takes_each_given_value_and_our_own_for_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "empty").touch()
    for name, value in (GIVEN | {"HASH_KEY_FILE": str(tmp_path / "empty")}).items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("HASH_KEY", raising=False)
    server = Server(tmp_path)
    server.secrets = read_secrets(tmp_path / "secrets")
    made = up.environment(server)
    assert (made["SECRET_KEY"], made["OTHER"]) == ("given", "kept")
    assert made["FIELD_KEYS"] == server.secrets["field_key"]
    assert made["HASH_KEY"] == server.secrets["hash_key"]
    assert made["DATABASE_URL"] == server.url("verbatim_app")
    assert not {"DATABASE_OWNER_URL", "DATABASE_OWNER_URL_FILE", "HASH_KEY_FILE"} & set(made)


def test_environment_keeps_a_file_that_holds_a_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "key").write_text("given\n")
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "key"))
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    server = Server(tmp_path)
    server.secrets = read_secrets(tmp_path / "secrets")
    made = up.environment(server)
    assert made["SECRET_KEY_FILE"] == str(tmp_path / "key")
    assert "SECRET_KEY" not in made

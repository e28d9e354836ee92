"""A wrong environment value stops the start: variable, value, allowed values."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from compliance_app import env

WRONG: list[tuple[Callable[[], Any], str, str]] = [
    (lambda: env.flag("X", default=True), "perhaps", "true, yes"),
    (lambda: env.whole("X", default=1, least=1, most=9), "10", "from 1 to 9"),
    (lambda: env.whole("X", default=1, least=1, most=9), "two", "from 1 to 9"),
    (lambda: env.whole("X", default=1, least=1, most=9), "٣", "from 1 to 9"),
    (lambda: env.choice("X", default="a", allowed=["a", "b"]), "c", "a, b"),
]


@pytest.mark.parametrize(("read", "value", "allowed"), WRONG)
def test_a_wrong_value_is_named_with_what_would_be_right(
    read: Callable[[], Any], value: str, allowed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("X", value)
    with pytest.raises(env.WrongValue) as refused:
        read()
    assert all(part in str(refused.value) for part in ("X=", repr(value), allowed))


@pytest.mark.parametrize(
    "url",
    [
        "mysql://u:hidden@h/n",
        "postgresql://h/n",
        "postgresql://u:hidden@h",
        "postgresql://u:p@h/",
        "postgresql://u:hidden/x@h/n",
        "postgresql://u:p@h:hidden/n",
        "postgresql://u:p@h:99999/n",
        "postgresql://u:p@[hidden/n",
        "postgresql://u:p@h/n?sslmode=hidden&sslmode=hidden",
        "postgresql://u:p@x/n?1hidden@h/n",
    ],
)
def test_a_wrong_address_is_refused_and_not_shown(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("X", url)
    with pytest.raises(env.WrongValue) as refused:
        env.database_url("X")
    assert "hidden" not in str(refused.value)
    assert refused.value.__cause__ is None


@pytest.mark.parametrize("query", ["password=hidden", "sslmode", "options=-c%20x", "sslmoode=x"])
def test_an_option_that_is_not_passed_on_is_refused_by_name(
    query: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("X", f"postgresql://u:p@h/n?{query}")
    with pytest.raises(env.WrongValue, match=f"option {query.partition('=')[0]}=") as refused:
        env.database_url("X")
    assert "hidden" not in str(refused.value)


def test_the_drivers_options_are_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X", "postgresql://u:p@h/n?sslmode=verify-full&sslrootcert=%2Fca.pem")
    found = env.database_url("X")
    assert found is not None
    assert found.options == {"sslmode": "verify-full", "sslrootcert": "/ca.pem"}


def test_an_address_is_taken_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X", "postgresql://u:p%40@/n?host=%2Frun%2Fx")
    assert env.database_url("X") == env.DatabaseUrl("u", "p@", "/run/x", "", "n")
    monkeypatch.setenv("X", "postgresql://u:p@db:6000/n")
    assert env.database_url("X") == env.DatabaseUrl("u", "p", "db", "6000", "n")


def test_a_secret_is_read_from_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "key").write_text("s3cret\n")
    monkeypatch.setenv("X_FILE", str(tmp_path / "key"))
    assert env.secret("X") == "s3cret"
    monkeypatch.setenv("X_FILE", str(tmp_path / "none"))
    with pytest.raises(env.WrongValue, match="X_FILE"):
        env.secret("X")


def test_absent_values_are_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("X", raising=False)
    assert env.flag("X", default=True) is True
    assert env.whole("X", default=4, least=1, most=9) == 4
    assert env.words("X", default=["a"]) == ["a"]
    assert env.database_url("X") is None
    assert env.secret("X") == ""


def test_a_provider_is_read_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OIDC_OKTA_ISSUER", "https://idp.example/")
    monkeypatch.setenv("OIDC_OKTA_CLIENT_ID", "verbatim")
    monkeypatch.setenv("OIDC_OKTA_CLIENT_SECRET", "s")
    read = env.provider("okta")
    assert (read["provider_id"], read["name"], read["secret"]) == ("okta", "Okta", "s")
    assert read["settings"]["server_url"] == "https://idp.example"  # type: ignore[index] # a mapping


@pytest.mark.parametrize(("name", "issuer"), [("Okta!", "https://x"), ("okta", "idp.example")])
def test_a_provider_without_a_plain_name_or_an_issuer_stops_the_start(
    name: str, issuer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OIDC_OKTA_ISSUER", issuer)
    with pytest.raises(env.WrongValue):
        env.provider(name)


@pytest.mark.parametrize("name", ["desk@host.example", "Verbatim <desk@host.example>"])
def test_a_mailbox_to_send_from_is_read(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X", name)
    assert env.mailbox("X", is_needed=True) == name


@pytest.mark.parametrize("seen", ["", "desk", "a@b@c", "x@y\nBcc: z@y", "X <x@y> <z@y>"])
def test_a_mailbox_that_is_none_stops_the_start(seen: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X", seen)
    with pytest.raises(env.WrongValue, match="X="):
        env.mailbox("X", is_needed=True)


@pytest.mark.parametrize("seen", ["", "host.example", "https://host/path", "javascript:x"])
def test_an_address_that_is_none_of_an_installation_stops_the_start(
    seen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("X", "https://host.example:8443/")
    assert env.origin("X", is_needed=True) == "https://host.example:8443"
    monkeypatch.setenv("X", seen)
    with pytest.raises(env.WrongValue):
        env.origin("X", is_needed=True)
    monkeypatch.setenv("X", "")
    assert (env.origin("X", is_needed=False), env.mailbox("X", is_needed=False)) == ("", "")

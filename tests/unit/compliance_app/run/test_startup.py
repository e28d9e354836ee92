"""An address that cannot be had is refused for the reason that holds."""

import socket
from contextlib import closing

import pytest

from compliance_app.run import startup


def test_a_taken_address_is_said_to_be_taken() -> None:
    with (
        closing(socket.create_server(("127.0.0.1", 0))) as taken,
        pytest.raises(startup.PortTaken, match="another program listens"),
    ):
        startup.require_free("127.0.0.1", taken.getsockname()[1])


@pytest.mark.parametrize(
    ("host", "port", "reason"),
    [("192.0.2.1", 0, "Cannot assign"), ("127.0.0.1", 70_000, "0 to 65535"), ("::1", 0, "family")],
)
def test_an_unusable_address_is_said_with_its_reason(host: str, port: int, reason: str) -> None:
    with pytest.raises(startup.AddressUnusable, match=reason):
        startup.require_free(host, port)

"""Signatures, held to the vector of the Standard Webhooks specification."""

import base64
from datetime import UTC, datetime

from reviews.export import signing

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
AT = 1614265330
BODY = b'{"test": 2432232314}'
SIGNED = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_message_is_signed_as_the_specification_does() -> None:
    assert signing.sign(SECRET, ID, AT, BODY) == SIGNED


def test_after_a_rotation_both_secrets_sign() -> None:
    other = signing.new_secret()
    headers = signing.headers([other, SECRET], ID, BODY, now=datetime.fromtimestamp(AT, UTC))
    assert headers["webhook-id"] == ID
    assert headers["webhook-timestamp"] == str(AT)
    first, second = headers["webhook-signature"].split(" ")
    assert first == signing.sign(other, ID, AT, BODY) != SIGNED
    assert second == SIGNED


def test_a_secret_is_32_bytes_of_chance() -> None:
    made = {signing.new_secret() for _ in range(50)}
    assert len(made) == 50
    assert {len(base64.b64decode(each.removeprefix("whsec_"))) for each in made} == {32}

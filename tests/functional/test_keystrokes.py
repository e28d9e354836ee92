"""How many keys a day's verdicts take, counted in the browser."""

import random
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from reviews.models import QueueItem, Standing, Tenant
from reviews.models.tenancy import tenant_context
from tests.factories import demo
from tests.functional.test_reviewing import CARE, sign_in

Opened = Callable[..., Page]
VERDICTS = 100
AT_MOST = 1.7
SHARES = {"c": 60, "d": 35, "e": 5}
"""Of a hundred findings: confirmed, dismissed with a reason, escalated."""
COUNT = """
sessionStorage.keys ??= 0; sessionStorage.clicks ??= 0;
addEventListener("keydown", () => sessionStorage.keys++, true);
addEventListener("pointerdown", () => sessionStorage.clicks++, true);
"""


@pytest.fixture
def care(transactional_db: None) -> Tenant:
    return demo.evaluated(200)[CARE]


def decided(care: Tenant) -> int:
    with tenant_context(care.pk):
        return QueueItem.objects.exclude(standing=Standing.OPEN).count()


@pytest.mark.timeout(240)
def test_a_hundred_verdicts_take_few_keys_and_no_click(opened: Opened, care: Tenant) -> None:
    page = opened()
    sign_in(page)
    page.context.add_init_script(COUNT)
    page.reload()
    focused = page.locator("[data-item]:focus")
    chance = random.Random(7)  # a script's verdicts
    keys = [key for key, count in SHARES.items() for _ in range(count)]
    chance.shuffle(keys)
    assert len(keys) == VERDICTS
    for key in keys:
        expect(focused).to_be_visible()
        row = page.locator(f"#{focused.get_attribute('id')}")
        page.keyboard.press(key)
        if key == "d":
            page.keyboard.press(str(chance.randint(1, 6)))
        expect(row).to_have_count(0)
    assert decided(care) == VERDICTS
    pressed, clicked = page.evaluate("[+sessionStorage.keys, +sessionStorage.clicks]")
    assert clicked == 0
    print(f"{pressed / VERDICTS:.2f} keys a verdict")
    assert pressed / VERDICTS <= AT_MOST

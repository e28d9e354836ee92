"""Icons: inline, decorative, without a style of their own."""

import lucide
import pytest
from django.template import Context, Template

from reviews.templatetags.icons import icon


def test_an_icon_is_hidden_from_those_who_hear_the_page() -> None:
    assert 'aria-hidden="true"' in icon("check")


def test_an_icon_has_no_style_attribute() -> None:
    assert "style" not in icon("circle-question-mark")


def test_an_icon_has_the_size_that_is_asked_for() -> None:
    drawn = Template('{% load icons %}{% icon "check" 28 %}').render(Context())
    assert 'width="28"' in drawn
    assert 'height="28"' in drawn


def test_an_icon_stands_on_one_line() -> None:
    assert "\n" not in icon("triangle-alert")


def test_an_unknown_icon_is_refused() -> None:
    with pytest.raises(lucide.IconDoesNotExist):
        icon("no-such-icon")

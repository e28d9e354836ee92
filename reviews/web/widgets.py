"""Fields of forms as our pages draw them."""

from html import escape
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html
from django.utils.safestring import SafeString


class PlainSelect(forms.Select):
    """A select without a template for each option: a tenant's rules may be hundreds."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        options = SafeString(
            "".join(
                f'<option value="{escape(str(v))}"{" selected" if v == value else ""}>'
                f"{escape(str(text))}</option>"
                for v, text in self.choices
            )
        )
        named = self.build_attrs({"name": name}, attrs)
        return format_html("<select{}>{}</select>", flatatt(named), options)

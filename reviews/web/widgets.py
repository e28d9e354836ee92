"""Fields of forms as our pages draw them."""

from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


class PlainSelect(forms.Select):
    """A select without a template for each option: a tenant's rules may be hundreds."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        options = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            ((v, SafeString(" selected") if v == value else "", text) for v, text in self.choices),
        )
        named = self.build_attrs({"name": name}, attrs)
        return format_html("<select{}>{}</select>", flatatt(named), options)

"""Abuse, threats and talk of harm in a call, found by our own rules and shown with the reason."""

from reviews.detection.safety.call import FLOOR, VERSION, find_in_call, reads
from reviews.detection.safety.span import Aim, Category, SafetySpan

__all__ = ["FLOOR", "VERSION", "Aim", "Category", "SafetySpan", "find_in_call", "reads"]

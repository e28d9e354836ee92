"""Personal data as it is written and as it is spoken."""

from reviews.detection.pii.detect import candidates, find, mask, security_codes
from reviews.detection.pii.span import Span

__all__ = ["Span", "candidates", "find", "mask", "security_codes"]

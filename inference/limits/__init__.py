"""How fast one model is asked: its own limits, the server's, and what the server can bear."""

from inference.limits.rate_limiter import Permit, RateLimiter

__all__ = [
    "Permit",
    "RateLimiter",
]

"""The ledger: every reply that was ever paid for, durable before its caller sees it."""

from inference.ledger.entries import Entry, Purpose, ReservedAmount, Standing
from inference.ledger.ledger import Ledger

__all__ = [
    "Entry",
    "Ledger",
    "Purpose",
    "ReservedAmount",
    "Standing",
]

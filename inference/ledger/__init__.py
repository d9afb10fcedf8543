"""The ledger: every reply that was ever paid for, durable before its caller sees it."""

from inference.ledger.entries import Balance, Entry, Purpose, ReservedAmount
from inference.ledger.ledger import Ledger

__all__ = [
    "Balance",
    "Entry",
    "Ledger",
    "Purpose",
    "ReservedAmount",
]

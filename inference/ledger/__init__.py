"""The ledger: every reply that was ever paid for, durable before its caller sees it."""

from inference.ledger.entries import Balance, Entry, Purpose, ReservedAmount
from inference.ledger.ledger import Ledger, requests_of

__all__ = [
    "Balance",
    "Entry",
    "Ledger",
    "Purpose",
    "ReservedAmount",
    "requests_of",
]

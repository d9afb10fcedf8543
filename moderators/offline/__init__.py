"""Moderators that need no model of others: what they know is shipped, and a vote costs little."""

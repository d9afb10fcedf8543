"""Providers: one protocol each, one attempt a call; retries and limits live above them."""

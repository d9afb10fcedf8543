"""`python -m flows.command`: the same as `refusery`."""

from __future__ import annotations

from flows.command import main

main()

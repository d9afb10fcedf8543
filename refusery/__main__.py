"""`python -m refusery`: the same as `refusery`."""

from __future__ import annotations

from refusery.cli import main

main()

"""`python -m refusery`: the same as `refusery`."""

from refusery.cli import main

main()

"""A Hub on loopback: repositories with commits, read and written by the real clients.

`repos` holds what is stored, `reading` answers the calls that read, `writing` those that write,
`faults` says what goes wrong on demand, `server` runs it.
"""

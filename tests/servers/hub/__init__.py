"""A Hub on loopback: repositories with commits, read by the real clients.

`repos` holds what is stored, `reading` answers the calls that read, `server` runs it. Calls that
write are to have a module of their own beside `reading`.
"""

"""Provider doubles: real HTTP servers on loopback, with answers and faults that are decided."""

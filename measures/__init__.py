"""Numbers in, numbers out: agreement, intervals, balance, diversity."""

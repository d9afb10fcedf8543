"""The few forms that figures are drawn in: bars, stacks, cells, points with their intervals."""

"""A few seeds run to the end, and what they say of the whole: calls, tokens, money, rates."""

"""The leaderboard of an evaluation: one page that fetches nothing, and its JSON."""

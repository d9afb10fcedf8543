"""What the verbs that work on any table do: moderate, judge, mutate, decode; and how they score."""

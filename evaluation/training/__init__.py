"""Judges of one's own: features, fitting, held-out figures, cards, and the way to fine-tuning."""

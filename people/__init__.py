"""What people decide: sheets out, labels and decisions back, and how far they agree."""

"""What every floor needs; no word of this field is in it."""

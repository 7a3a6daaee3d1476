"""Several models compared by what they find."""

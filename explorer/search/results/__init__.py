"""Results as they are shown: order, stacks, headings, and why each photo matched."""

"""How relevant results are: signals, weights, and what they are compared with."""

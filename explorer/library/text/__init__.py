"""Search by words: folding of text, the text index, and ranking."""

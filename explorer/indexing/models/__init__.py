"""The model of a library: fetch it, test it, and switch to it, in the background."""

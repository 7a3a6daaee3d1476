"""Weights from the Hugging Face Hub and other servers."""

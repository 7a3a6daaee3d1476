"""Models in torch, and their conversion to files that OpenVINO runs."""

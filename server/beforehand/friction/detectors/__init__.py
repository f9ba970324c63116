"""One file per detector. The list that is in force stands in friction/registry.py."""

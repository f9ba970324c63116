"""The only floor that knows the order of the rooms and opens transactions."""

"""What the house asks of the world; adapters answer, loop/ and the rooms call."""

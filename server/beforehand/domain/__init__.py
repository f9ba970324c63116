"""The nouns of the house: plain msgspec structs, no I/O, known to every floor."""

"""One file per surface: how a decision becomes what is shown there."""

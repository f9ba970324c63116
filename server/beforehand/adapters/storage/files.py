"""What everything that opens the SQLite file agrees on."""

BUSY_MS = 5_000
"""How long to wait for another process's write (a command line beside the server) before giving up."""
PRIVATE = 0o600
"""Only the owner reads what the house knows."""

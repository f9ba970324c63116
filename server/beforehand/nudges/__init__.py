"""The room where a signal and a risk become a nudge, or a reason to stay silent."""

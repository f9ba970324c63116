"""The wire, v1: envelope, handshake and limits on top of domain's payload types."""

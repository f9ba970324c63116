"""Acting as a browser over the wire: for load, measurements and tests. Only cli, benches and tests use it."""

"""Measurements: `./dev bench NAME` writes bench/results/NAME.json."""

"""Tallybrook: the invoicing product in which Beforehand is demonstrated. It imports nothing of `beforehand`."""

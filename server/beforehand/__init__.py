"""Beforehand: sees a user struggle and helps before they ask."""

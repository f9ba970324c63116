"""The room where live session state becomes signals of friction."""

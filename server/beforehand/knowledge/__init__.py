"""The room of the articles: what is asked of them, and what of them is shown."""

"""The room of the articles: what can be published, what is asked of them, and what of them is shown."""

from beforehand.knowledge.folder import Report, check
from beforehand.knowledge.front import Problem
from beforehand.knowledge.passages import passages
from beforehand.knowledge.query import context_query
from beforehand.knowledge.tooltip import tooltip_content

__all__ = ["Problem", "Report", "check", "context_query", "passages", "tooltip_content"]

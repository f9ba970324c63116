"""The web floor: the widget's files, its socket and fallback, and health."""

from beforehand.adapters.web.services import WebServices, routes

__all__ = ["WebServices", "routes"]

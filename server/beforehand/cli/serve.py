"""beforehand serve: the one process."""

from __future__ import annotations

from beforehand.adapters.web.server import make_server
from beforehand.app import Beforehand
from beforehand.cli import options
from beforehand.cli.ports import require_free


def serve(host: options.Host = None, port: options.Port = None, data: options.Data = None) -> None:
    """Start the server: widget, socket and health on one port."""
    settings = options.settings(host=host, port=port, data=data)
    require_free(settings.host, settings.port, "--port")
    beforehand = Beforehand(settings)
    make_server(beforehand.app, settings.host, settings.port, settings.forwarded_for).run()

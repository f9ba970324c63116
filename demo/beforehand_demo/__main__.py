"""Starts the demo product: `python -m beforehand_demo --help`."""

from __future__ import annotations

import argparse
import socket
import sys
from pathlib import Path

import uvicorn

from .app import create_app
from .seed import PASSWORDS
from .settings import Settings

SHUTDOWN_SECONDS = 2  # open long polls of a browser must not hold back Ctrl-C


def main(argv: list[str] | None = None) -> int:
    """Serves until Ctrl-C. Returns 0, or 2 when it was told something it cannot use."""
    options = _parser().parse_args(argv)
    try:
        settings = _settings(options)
        _check_port(settings.host, settings.port)
        app = create_app(settings)
    except ValueError as why:
        print(why, file=sys.stderr)
        return 2
    _greet(settings)
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m beforehand_demo", description="Tallybrook, the demo product.")
    parser.add_argument("--host", default=Settings.host, help="address to listen on (%(default)s)")
    parser.add_argument("--port", type=int, default=Settings.port, help="port to listen on (%(default)s)")
    parser.add_argument("--widget-origin", help="where the support widget is served, http://HOST:PORT")
    parser.add_argument("--widget-key", help="public key of the source, pk_...")
    parser.add_argument("--widget-secret-file", type=Path, help="file with the secret that signs user tokens")
    parser.add_argument("--data", help="SQLite file to keep the data in (default: memory, gone at the end)")
    return parser


def _settings(options: argparse.Namespace) -> Settings:
    """Raises ValueError with one sentence that names the flag."""
    if bool(options.widget_origin) != bool(options.widget_key):
        raise ValueError("--widget-origin and --widget-key belong together: give both, or neither.")
    origin = (options.widget_origin or "").rstrip("/") or None
    if origin and not origin.startswith(("http://", "https://")):
        raise ValueError(
            "--widget-origin must begin with http:// or https://, for instance http://127.0.0.1:8787."
        )
    return Settings(
        options.host,
        options.port,
        origin,
        options.widget_key,
        _secret(options.widget_secret_file),
        options.data,
    )


def _secret(path: Path | None) -> str | None:
    if path is None:
        return None
    try:
        secret = path.read_text().strip()
    except OSError as why:
        raise ValueError(f"--widget-secret-file {path} cannot be read: {why.strerror}.") from why
    if not secret:
        raise ValueError(f"--widget-secret-file {path} is empty; it must hold the source's secret.")
    return secret


def _check_port(host: str, port: int) -> None:
    """Raises ValueError when nobody can listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as why:
            raise ValueError(
                f"Port {port} on {host} cannot be used ({why}); choose another one with --port."
            ) from why


def _greet(settings: Settings) -> None:
    print(f"Tallybrook is at http://{settings.host}:{settings.port}")
    for email, password in PASSWORDS.items():
        print(f"  {email:<28} {password}")
    if not settings.has_widget:
        print("  no support widget: give --widget-origin and --widget-key to embed it")
    print("Ctrl-C stops it.", flush=True)


if __name__ == "__main__":
    sys.exit(main())

"""How uvicorn is set up: measured choices for many small frames on one core."""

from __future__ import annotations

import gc
import logging
import sys

import uvicorn
from starlette.types import ASGIApp

from beforehand.protocol.limits import MAX_FRAME_BYTES

GC_THRESHOLD = (50_000, 20, 20)
"""Allocations before a young collection: the default of 700 collects dozens of times a second under load."""
GRACE_S = 3
"""Seconds open connections have to finish at shutdown; browsers reconnect and lose nothing."""
PING_S = 20.0
"""Seconds between WebSocket pings, and for their answer: a dead path is noticed within 40."""
BACKLOG = 4_096
"""Connections the kernel holds while we accept: a reconnect storm after a restart."""


SWITCH_S = 0.001
"""Seconds a thread may keep the interpreter: the writer's commits are answered in half the time of the default 5 ms."""


def _honest(record: logging.LogRecord) -> bool:
    """uvicorn calls a refused upgrade that was answered with 403 and a reason an incomplete handshake; it is none."""
    return "without completing handshake" not in record.getMessage()


def make_server(app: ASGIApp, host: str, port: int, forwarded_for: bool = False) -> uvicorn.Server:
    """The server to run; compression is off, it costs 35 KiB a connection and amplifies bombs."""
    gc.set_threshold(*GC_THRESHOLD)
    sys.setswitchinterval(SWITCH_S)
    logging.getLogger("uvicorn.error").addFilter(_honest)
    return uvicorn.Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            loop="uvloop",
            http="httptools",
            ws="websockets-sansio",
            ws_max_size=MAX_FRAME_BYTES,
            ws_per_message_deflate=False,
            ws_ping_interval=PING_S,
            ws_ping_timeout=PING_S,
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            backlog=BACKLOG,
            proxy_headers=forwarded_for,
            timeout_graceful_shutdown=GRACE_S,
        )
    )

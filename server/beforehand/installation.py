"""A data folder and what one does with it from the command line: sources, articles, replay.

The folder holds secret.key (0600: encrypts what the database keeps secret and signs resume tokens), the
SQLite database, and caches of the search index. With `database_url` the database is elsewhere.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey

from beforehand.adapters.storage import open_storage
from beforehand.adapters.system import SystemClock, SystemIds
from beforehand.domain.article import Article, Passage
from beforehand.domain.errors import Configuration, Invalid
from beforehand.domain.source import Source, Workspace
from beforehand.loop.publish import publish
from beforehand.loop.replay import Replay
from beforehand.loop.replay import replay as play_again
from beforehand.ports.stores import SessionRow, Storage
from beforehand.settings import Settings

KEY_BYTES = 32
"""Of secret.key: AES-256 and HMAC-SHA256."""
PUBLIC_KEY_BITS = 120
"""Of a source's public key: not secret, but not to be guessed from another."""
SOURCE_SECRET_BITS = 256
"""HS256 wants a key at least as long as its hash."""
RECENT = 20
"""Sessions that `replay --list` shows."""
ENVIRONMENTS: Final = ("production", "staging", "development")


class Installation:
    """Everything here opens the database, does one thing and closes it."""

    def __init__(self, settings: Settings, create: bool = False) -> None:
        """Raises Configuration where there is no data folder yet and create is off."""
        self.settings = settings
        self.clock = SystemClock()
        self.ids = SystemIds()
        self.secret_key = _secret_key(settings.data, create)

    def storage(self) -> Storage:
        url = self.settings.database_url or f"sqlite:///{self.settings.data.resolve() / 'beforehand.db'}"
        return open_storage(url, self.settings.data, self.secret_key, self.clock, self.ids)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[tuple[Storage, Workspace]]:
        """Storage and the first workspace. Raises Configuration where there is none."""
        storage = self.storage()
        await storage.start()
        try:
            workspaces = await storage.system.workspaces()
            if not workspaces:
                raise Configuration(
                    "The data folder has no workspace yet; run `beforehand init --origin URL`."
                )
            yield storage, workspaces[0]
        finally:
            await storage.stop()

    async def add_source(
        self, name: str, origin: str, environment: str, key: str = "", secret: str = ""
    ) -> tuple[Workspace, Source]:
        """The workspace (made if there is none) and its source for the environment; a new origin joins its
        allow-list. Raises Invalid for an origin or environment that is none."""
        origin = parse_origin(origin)
        kind = next((name for name in ENVIRONMENTS if name == environment), None)
        if kind is None:
            raise Invalid(f"--environment: expected one of {', '.join(ENVIRONMENTS)}.")
        storage = self.storage()
        await storage.start()
        try:
            workspace = await self._workspace(storage, name)
            async with storage.read(workspace.id) as tx:
                known = [s for s in await tx.sources.all() if s.environment == environment]
            if known and (not key or known[0].key == key):
                return workspace, await _with_origin(storage, workspace, known[0], origin)
            source = Source(
                id=self.ids.new(), workspace=workspace.id, name=urlsplit(origin).netloc, origins=(origin,),
                key=key or "pk_" + self.ids.secret(PUBLIC_KEY_BITS),
                secrets=(secret or self.ids.secret(SOURCE_SECRET_BITS),), environment=kind,
            )  # fmt: skip
            async with storage.work(workspace.id) as work:
                work.sources.add(source)
            return workspace, source
        finally:
            await storage.stop()

    async def _workspace(self, storage: Storage, name: str) -> Workspace:
        workspaces = await storage.system.workspaces()
        if workspaces:
            return workspaces[0]
        workspace = Workspace(id=self.ids.new(), name=name, epoch=self.ids.new())
        await storage.system.create_workspace(workspace)
        return workspace

    async def sources(self) -> list[Source]:
        async with self.open() as (storage, workspace), storage.read(workspace.id) as tx:
            return await tx.sources.all()

    async def publish(self, articles: Sequence[Article], passages: Sequence[Passage]) -> int:
        """How many articles changed."""
        async with self.open() as (storage, workspace):
            return await publish(storage, workspace.id, articles, passages, "cli", self.clock.now())

    async def recent_sessions(self) -> list[SessionRow]:
        async with self.open() as (storage, workspace), storage.read(workspace.id) as tx:
            return await tx.sessions.recent(RECENT)

    async def replay(self, session: str) -> Replay:
        async with self.open() as (storage, workspace):
            return await play_again(storage, workspace.id, session)

    def sample_token(self, source: Source, seconds: int, sub: str = "sample-user") -> str:
        now = self.clock.now() // 1000
        claims = {"sub": sub, "iat": now, "exp": now + seconds, "name": "Sample user"}
        return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(source.secrets[0]))


async def _with_origin(storage: Storage, workspace: Workspace, source: Source, origin: str) -> Source:
    if origin in source.origins:
        return source
    origins = (*source.origins, origin)
    async with storage.work(workspace.id) as tx:
        tx.sources.set_origins(source.id, origins)
    async with storage.read(workspace.id) as tx:
        return next(s for s in await tx.sources.all() if s.id == source.id)


def parse_origin(text: str) -> str:
    """'https://app.example.com' or with a port, lower case, default port dropped. Raises Invalid."""
    parts = urlsplit(text.strip())
    try:
        port = parts.port
    except ValueError:
        port = -1
    bare = parts.path in ("", "/") and not parts.query and not parts.fragment and "@" not in parts.netloc
    if parts.scheme not in ("http", "https") or not parts.hostname or not bare or port == -1:
        raise Invalid(
            "--origin: expected scheme and host such as https://app.example.com, without path or query."
        )
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    default = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" + (f":{port}" if port and port != default else "")


def _secret_key(data: Path, create: bool) -> bytes:
    path = data / "secret.key"
    if path.exists():
        key = path.read_bytes()
        if len(key) != KEY_BYTES:
            raise Configuration(
                f"{path} holds {len(key)} bytes, expected {KEY_BYTES}; restore the original file."
            )
        return key
    if not create:
        raise Configuration(
            f"{data} is not a data folder yet; run `beforehand init --origin URL` (or set --data)."
        )
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise Configuration(
            f"{data} cannot be written ({error.strerror}); choose another with --data."
        ) from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(key := os.urandom(KEY_BYTES))
    return key

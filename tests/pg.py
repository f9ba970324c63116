"""A private PostgreSQL: own folder, own socket, the test run's own child, gone at its end."""

from __future__ import annotations

import atexit
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import threading
from functools import lru_cache
from pathlib import Path

import psycopg

USER = "postgres"
BINARIES = "/usr/lib/postgresql"
"""Where Debian keeps them, by version; they are not on the PATH."""
READY_S = 20.0


class PostgresMissing(Exception):
    """No server program on this machine."""


def binaries() -> Path:
    """The newest installed. Raises PostgresMissing."""
    found = sorted(Path(BINARIES).glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("postgres")
    if on_path is None:
        raise PostgresMissing("PostgreSQL is not installed (apt install postgresql)")
    return Path(on_path).parent


class PostgresServer:
    """start() and stop() may be called again and again; the data stays until close()."""

    def __init__(self) -> None:
        self._bin = binaries()
        self.folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
        self._process: subprocess.Popen[str] | None = None
        self._become: list[str] = []
        if os.geteuid() == 0:
            account = pwd.getpwnam(USER)
            os.chown(self.folder, account.pw_uid, account.pw_gid)
            self._become = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--init-groups"]
        self._run("initdb", "-D", str(self.data), "-U", USER, "-A", "trust", "-E", "UTF8", "--no-sync")

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://{USER}@/{database}?host={self.folder}"

    def start(self) -> None:
        """In the foreground, as our own child: a daemon that is killed would stay behind as a zombie."""
        self._process = subprocess.Popen(
            [
                *self._become, str(self._bin / "postgres"), "-D", str(self.data), "-k", str(self.folder),
                "-c", "listen_addresses=", "-c", "fsync=off", "-c", "shared_buffers=32MB",
            ],
            cwd=self.folder, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self._process.stderr is not None
        said = []
        for line in self._process.stderr:
            said.append(line)
            if "ready to accept connections" in line:
                break
        else:
            raise RuntimeError("PostgreSQL did not start:\n" + "".join(said))
        self._drain()

    def _drain(self) -> None:
        """What it says later goes nowhere, so that its pipe never fills."""
        assert self._process is not None and self._process.stderr is not None
        self._reader = threading.Thread(target=self._process.stderr.read, daemon=True)
        self._reader.start()

    def create(self, database: str, template: str = "template1") -> str:
        """Names are the tests' own; returns the new database's URL."""
        with psycopg.connect(self.url(), autocommit=True) as db:
            db.execute(f"CREATE DATABASE {database} TEMPLATE {template} STRATEGY FILE_COPY".encode())
        return self.url(database)

    def stop(self) -> None:
        """SIGINT: sessions are cut, the data is whole."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(READY_S)
            self._reader.join(READY_S)
            assert self._process.stderr is not None
            self._process.stderr.close()
            self._process = None

    def close(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, program: str, *args: str) -> None:
        subprocess.run(
            [*self._become, str(self._bin / program), *args], cwd=self.folder, check=True, capture_output=True
        )


@lru_cache(1)
def shared() -> PostgresServer:
    """One for the whole test process. Raises PostgresMissing."""
    server = PostgresServer()
    atexit.register(server.close)
    server.start()
    return server

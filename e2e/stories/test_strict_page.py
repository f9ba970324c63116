"""A page without a line of its own script, under the strictest policy that lets the widget load at all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from bench._result import ROOT
from bench._server import free_port
from bench._stage import wait_for
from e2e.stories.conftest import PRESS_MS, WITHIN_MS, tip

PAGE = """<!doctype html>
<html lang="en"><head><title>New invoice</title>{tag}</head><body><h1>New invoice</h1>
<form method="post" action="/invoices/new" aria-label="New invoice"><label for="vat">VAT number</label>
<input id="vat" name="vat_number" value="279645118"{wrong}>{message}
<button>Send invoice</button></form></body></html>"""
POLICY = (
    "default-src 'none'; script-src {host}; connect-src {host} {socket}; style-src 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
WATCH = """window.violations = [];
addEventListener('securitypolicyviolation', (event) => window.violations.push(event.violatedDirective));"""


class Site(ThreadingHTTPServer):
    """Renders the form on the server; every post comes back with the message at the field, on a new document."""

    tag = ""
    policy = ""


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self._answer(failed=False)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(failed=True)

    def _answer(self, failed: bool) -> None:
        assert isinstance(self.server, Site)
        message = '<p id="vat-e">Enter a valid VAT number.</p>' if failed else ""
        wrong = ' aria-invalid="true" aria-describedby="vat-e"' if failed else ""
        body = PAGE.format(tag=self.server.tag, message=message, wrong=wrong).encode()
        self.send_response(422 if failed else 200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", self.server.policy)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: the browser's console is what is looked at."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    port, data = free_port(), tmp_path / "data"
    server = Site(("127.0.0.1", 0), _Handler)
    origin = f"http://127.0.0.1:{server.server_port}"
    host = f"http://127.0.0.1:{port}"
    run = [sys.executable, "-m", "beforehand"]
    words = ["init", "--origin", origin, "--url", host, "--data", str(data), "--json"]
    made = subprocess.run([*run, *words], cwd=ROOT, capture_output=True, text=True, check=True)
    subprocess.run([*run, "kb", "push", "knowledge/articles", "--data", str(data)], cwd=ROOT, check=True)
    server.tag = json.loads(made.stdout)["tag"]
    server.policy = POLICY.format(host=host, socket=host.replace("http", "ws"))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    process = subprocess.Popen(
        [*run, "serve", "--data", str(data), "--port", str(port)], cwd=ROOT, env={**os.environ}
    )
    try:
        wait_for(process, f"{host}/readyz")
        yield origin
    finally:
        process.terminate()
        process.wait(15)
        server.shutdown()
        server.server_close()


def test_three_reloading_failures_under_the_strict_policy_bring_the_tooltip(
    chromium: Browser, site: str
) -> None:
    context = chromium.new_context()
    page = context.new_page()
    page.add_init_script(WATCH)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{site}/invoices/new")
    for _ in range(3):
        page.get_by_role("button", name="Send invoice").click(delay=PRESS_MS)
        expect(page.locator("#vat-e")).to_be_visible()
    expect(tip(page)).to_be_visible(timeout=WITHIN_MS)
    expect(tip(page)).to_contain_text("country")
    assert page.evaluate("window.violations") == []
    assert errors == []
    context.close()

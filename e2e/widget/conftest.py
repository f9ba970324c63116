"""A recording service on one origin, a host page on another, and a visitor's page in Chromium."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from beforehand.domain import event as told
from beforehand.domain.element import Element
from beforehand.domain.nudge import Citation, Nudge, NudgeContent
from e2e.widget.hostpage import Site
from e2e.widget.peer import Peer, Server

WATCH = """
window.violations = [];
addEventListener('securitypolicyviolation',
  (event) => violations.push(event.violatedDirective + ' ' + event.blockedURI));
"""


@dataclass
class Stage:
    """What a story needs: the service's ear, the host page's settings, the visitor, and what the console said."""

    peer: Peer
    site: Site
    url: str
    context: BrowserContext
    page: Page
    console: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def open(self, path: str = "/invoices/414/new") -> Page:
        """Opens the host page and waits until the service greeted it."""
        self.page.goto(self.url + path)
        self.peer.wait(lambda: self.peer.hellos, "no hello")
        return self.page

    def warnings(self) -> list[str]:
        return [line for line in self.console if line.startswith("warning")]

    def tape(self) -> str:
        """The tape of the page that spoke last."""
        return self.peer.hellos[-1].tape

    def nudge_at(self, el: Element, decision: str = "d1", **content: object) -> Nudge:
        """Sends a nudge anchored at `el` for the page now open."""
        fields = {
            "title": "VAT number needs the country code",
            "nodes": (
                {"k": "ol", "c": [{"k": "li", "t": "Start with DE."}, {"k": "li", "t": "Add nine digits."}]},
            ),
            "source": Citation(slug="vat", title="VAT numbers by country", href="/help/vat"),
            "why": ("The form was refused 3 times.",),
        }
        page: told.Page = self.peer.tapes[self.tape()].events[0]  # type: ignore[assignment]
        nudge = Nudge(decision, "tooltip", self.tape(), page.route, NudgeContent(**{**fields, **content}), el)  # type: ignore[arg-type]
        self.peer.nudge(nudge)
        return nudge

    def fail_form(self, value: str = "279 645 118") -> told.Validation:
        """Sends the invoice with a VAT number that the site refuses; the message as the service heard it."""
        self.page.fill("#vat_number", value)
        self.page.click("text=Send invoice")
        found: told.Validation = self.peer.first(told.Validation, cleared=False)
        return found


@pytest.fixture
def service() -> Iterator[tuple[Peer, Server]]:
    peer = Peer()
    server = Server(peer.app())
    server.start()
    yield peer, server
    server.stop()
    assert peer.failures == [], "the widget sent what the wire does not allow"


@pytest.fixture
def stage(chromium: Browser, service: tuple[Peer, Server]) -> Iterator[Stage]:
    yield from _stage(chromium, service)


@pytest.fixture
def stage_with(chromium: Browser, service: tuple[Peer, Server]) -> Iterator[Callable[..., Stage]]:
    """Makes a stage whose browser context has other settings."""
    made: list[Iterator[Stage]] = []

    def make(**context: object) -> Stage:
        made.append(_stage(chromium, service, **context))
        return next(made[-1])

    yield make
    for stage in made:
        next(stage, None)


def _stage(chromium: Browser, service: tuple[Peer, Server], **settings: object) -> Iterator[Stage]:
    peer, server = service
    site = Site(server.url)
    host = Server(site.app())
    host.start()
    context = chromium.new_context(**settings)  # type: ignore[arg-type]
    context.add_init_script(WATCH)
    page = context.new_page()
    stage = Stage(peer, site, host.url, context, page)
    context.on("console", lambda message: stage.console.append(f"{message.type} {message.text}"))
    page.on("pageerror", lambda error: stage.errors.append(str(error)))
    yield stage
    context.close()
    host.stop()

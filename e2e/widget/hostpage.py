"""A small host page on its own origin, under the strictest policy that still lets one script in."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

FORM = """
<header><nav><a href="/other">Other page</a></nav></header>
<main><h1>New invoice</h1>
<form id="invoice" novalidate>
  <p><label for="customer">Customer</label> <input id="customer" name="customer"></p>
  <p><label for="vat_number">VAT number</label> <input id="vat_number" name="vat_number">
    <span id="vat_number-e"></span></p>
  <p><label for="secret">Password</label> <input id="secret" name="secret" type="password"></p>
  <p><button>Send invoice</button></p>
</form>
<p><button id="dead" type="button">Export</button>
<button id="live" type="button">Count</button> <output id="count">0</output>
<button id="off" type="button" disabled>Convert to invoice</button></p>
<form id="plain"><label>E-mail <input name="mail" type="email" required></label><button>Subscribe</button></form>
<section data-beforehand-mask><button id="masked" type="button">Private words</button></section>
<section class="ph-no-capture"><button id="blocked" type="button">Blocked words</button></section>
</main>
"""

SCRIPT = """
const form = document.querySelector('#invoice'), vat = form.vat_number;
const note = document.querySelector('#vat_number-e');
form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const body = JSON.stringify({vat: vat.value});
  const answer = await fetch('/api/invoices/2026-0418?token=abc', {method: 'POST', body});
  const wrong = answer.status === 422;
  note.textContent = wrong ? 'Enter a valid VAT number.' : '';
  vat.setAttribute('aria-invalid', String(wrong));
  vat.setAttribute('aria-describedby', 'vat_number-e');
  if (!wrong) document.querySelector('h1').textContent = 'Invoice sent';
});
document.querySelector('#live').addEventListener('click', () => document.querySelector('#count').textContent++);
document.querySelector('#plain').addEventListener('submit', (event) => event.preventDefault());
"""


class Site:
    """Serves the page; `tag` is what stands in its head, `strict` its policy."""

    def __init__(self, service: str, attributes: str = "", strict: bool = True) -> None:
        self.service = service
        self.attributes = attributes
        self.strict = strict
        self.body = FORM
        self.before = ""

    def _policy(self) -> str:
        host = self.service.removeprefix("http://")
        return (
            f"default-src 'none'; script-src {self.service} 'self'; connect-src 'self' {self.service} ws://{host}; "
            "style-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
        )

    async def _page(self, request: Request) -> Response:
        source = f'src="{self.service}/v1/widget.js" data-key="pk_test"'
        tag = f'<script type="module" crossorigin {source} {self.attributes}></script>'
        html = f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Invoices</title>{self.before}{tag}'
        html += f'<script type="module" src="/page.js"></script></head><body>{self.body}</body></html>'
        return HTMLResponse(html, headers={"Content-Security-Policy": self._policy()} if self.strict else {})

    async def _script(self, request: Request) -> Response:
        return Response(SCRIPT, media_type="text/javascript")

    async def _invoice(self, request: Request) -> Response:
        sent = await request.json()
        return JSONResponse({}, 200 if str(sent["vat"]).startswith("DE") else 422)

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/page.js", self._script),
                Route("/api/invoices/{id}", self._invoice, methods=["POST"]),
                Route("/{path:path}", self._page),
            ]
        )

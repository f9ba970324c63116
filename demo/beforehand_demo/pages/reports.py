"""Reports: revenue by month, VAT by rate, open items by age; and their export."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .. import checks
from ..documents import Invoice, load_invoices, load_lines
from ..forms import Form
from ..money import day, euro, plain
from ..people import allowed
from ..web import Refusal, db, done, invalid, page, read, today

LABELS = {"from": "From", "to": "To"}
MAX_DAYS = 366  # the export is built in one piece in memory; a leap year must fit
MONTHS_SHOWN = 6
AGES = ((0, "Not due yet"), (14, "1 to 14 days"), (30, "15 to 30 days"), (10_000, "Over 30 days"))


class ReportTooLong(Exception):
    """The export was asked for more days than it can build."""


def _start(now: date) -> date:
    month = now.year * 12 + now.month - MONTHS_SHOWN
    return date(month // 12, month % 12 + 1, 1)


async def reports(request: Request) -> Response:
    now, asked = today(request), request.query_params
    first = checks.parse_date(asked.get("from", "")) or _start(now)
    last = checks.parse_date(asked.get("to", "")) or now
    found = _sent(request, first, last)
    months = _by_month(found)
    return page(
        request,
        "reports.html",
        "Reports",
        nav="reports",
        first=day(first),
        last=day(last),
        months=months,
        bars=_bars(months),
        vat=_by_rate(found, request),
        ages=_by_age(load_invoices(db(request), now, "i.status='open'"), now),
        total=sum(cents for _, cents in months),
        context={"report_days": (last - first).days},
    )


def _sent(request: Request, first: date, last: date) -> list[Invoice]:
    return load_invoices(
        db(request),
        today(request),
        "i.status in ('open', 'paid') and i.issued between ? and ?",
        first.isoformat(),
        last.isoformat(),
    )


def _by_month(invoices: list[Invoice]) -> list[tuple[str, int]]:
    """(month, net cents), oldest first."""
    sums: dict[str, int] = {}
    for invoice in invoices:
        month = invoice.row["issued"][:7]
        sums[month] = sums.get(month, 0) + invoice.sums.subtotal
    return [(f"{date.fromisoformat(month + '-01'):%b %Y}", cents) for month, cents in sorted(sums.items())]


def _bars(months: list[tuple[str, int]]) -> list[dict[str, object]]:
    """Geometry of the chart on a 640 x 220 ground; bars start at zero."""
    top, width = max((cents for _, cents in months), default=0), 640 / max(len(months), 1)
    bar = min(64.0, width * 0.6)
    rows = []
    for place, (month, cents) in enumerate(months):
        height = round(cents / top * 160) if top else 0
        rows.append(
            {
                "x": round(place * width + (width - bar) / 2),
                "y": 184 - height,
                "w": round(bar),
                "h": height,
                "mid": round(place * width + width / 2),
                "month": month.split()[0],
                "amount": euro(cents).split(".")[0],
            }
        )
    return rows


def _by_rate(invoices: list[Invoice], request: Request) -> list[tuple[int, int, int]]:
    """(rate, net, VAT)."""
    net: dict[int, int] = {}
    tax: dict[int, int] = {}
    for invoice in invoices:
        for line in load_lines(db(request), "invoice", invoice.row["id"]):
            net[line.vat] = net.get(line.vat, 0) + line.amount
        for rate, cents in invoice.sums.vat:
            tax[rate] = tax.get(rate, 0) + cents
    return [(rate, net[rate], tax[rate]) for rate in sorted(net, reverse=True)]


def _by_age(invoices: list[Invoice], now: date) -> list[tuple[str, int, int]]:
    """(age, how many, open cents)."""
    rows = {name: [0, 0] for _, name in AGES}
    for invoice in invoices:
        late = (now - invoice.due).days
        name = next(name for limit, name in AGES if late <= limit)
        rows[name] = [rows[name][0] + 1, rows[name][1] + invoice.open]
    return [(name, count, cents) for name, (count, cents) in rows.items()]


def _range(form: Form) -> tuple[date, date] | None:
    first, last = form.date("from"), form.date("to")
    if first and last and first > last:
        form.fail("from", "The start lies after the end.")
    return None if form.errors or first is None or last is None else (first, last)


async def show(request: Request) -> Response:
    form = await read(request, LABELS)
    span = _range(form)
    if span is None:
        return invalid(request, form, "The report was not made.")
    return done(request, f"/reports?from={span[0]}&to={span[1]}", "", "report_shown")


@allowed("sell")
async def export(request: Request) -> Response:
    form = await read(request, LABELS)
    span = _range(form)
    if span is None:
        return invalid(request, form, "The report was not exported.")
    try:
        text = _csv(request, *span)
    except ReportTooLong as why:
        raise Refusal(500, "Something went wrong on our side.") from why
    name = f"tallybrook-{span[0]}-{span[1]}.csv"
    return Response(
        text, media_type="text/csv", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _csv(request: Request, first: date, last: date) -> str:
    if last - first > timedelta(days=MAX_DAYS):
        raise ReportTooLong(f"{(last - first).days} days asked for, {MAX_DAYS} can be built")
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["number", "issued", "due", "customer", "net", "vat", "gross", "paid", "state"])
    for invoice in _sent(request, first, last):
        sums = invoice.sums
        writer.writerow(
            [
                invoice.row["number"],
                invoice.row["issued"],
                invoice.due,
                invoice.customer,
                plain(sums.subtotal),
                plain(sums.total - sums.subtotal),
                plain(sums.total),
                plain(invoice.paid),
                invoice.state,
            ]
        )
    return out.getvalue()


routes = [
    Route("/reports", reports),
    Route("/reports/show", show, methods=["POST"]),
    Route("/reports/export", export, methods=["POST"]),
]

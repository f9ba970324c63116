"""Importing customers from a CSV file: all rows, or none."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .. import checks
from ..countries import COUNTRIES
from ..database import Database
from ..people import allowed
from ..web import INVALID, bare, db, done, is_fetch, page, read, today

NEEDED = ("name", "email", "country", "city", "postcode")
OPTIONAL = ("vat_number", "credit_limit", "since")
MAX_ROWS = 200
MAX_BYTES = 1_000_000
SHOWN_FAULTS = 20  # more would not be read; they are counted instead
SAMPLE = (
    ",".join(NEEDED + OPTIONAL)
    + "\nHafenlicht KG,buero@hafenlicht.example,DE,Hamburg,20457,DE301122334,1500.00,2024-03-01\n"
    "Atelier Rousseau,contact@rousseau.example,FR,Lyon,69002,,,\n"
)
Row = dict[str, str]


@allowed("customers")
async def imports(request: Request) -> Response:
    if request.method == "GET":
        return page(
            request,
            "import.html",
            "Import customers",
            nav="customers",
            needed=NEEDED,
            optional=OPTIONAL,
            max_rows=MAX_ROWS,
        )
    form = await read(request, {"file": "File"})
    content, name = await form.content("file", MAX_BYTES)
    faults, rows = inspect(db(request), name, content)
    if faults:
        return _refuse(request, faults)
    for row in rows:
        _store(db(request), row, today(request))
    count = len(rows)
    return done(
        request,
        "/customers",
        f"{count} customer{'s were' if count != 1 else ' was'} imported.",
        "customers_imported",
    )


def _refuse(request: Request, faults: list[str]) -> Response:
    shown = faults[:SHOWN_FAULTS]
    if len(faults) > SHOWN_FAULTS:
        shown.append(f"and {len(faults) - SHOWN_FAULTS} more")
    errors = [{"id": "file", "label": "File", "message": fault} for fault in shown]
    if is_fetch(request):
        return JSONResponse({"subject": "Nothing was imported.", "errors": errors}, INVALID)
    return bare(
        request, "refused.html", "Not imported", INVALID, alert="Nothing was imported.", errors=errors
    )


def inspect(data: Database, name: str | None, content: bytes) -> tuple[list[str], list[Row]]:
    """(faults, rows): one sentence for each fault; rows only when there is none."""
    if name is None:
        return ["Choose a file."], []
    if not name.lower().endswith(".csv"):
        return ["Only CSV files can be imported."], []
    if len(content) > MAX_BYTES:
        return ["The file is larger than 1 MB."], []
    try:
        lines = [line for line in csv.reader(io.StringIO(content.decode("utf-8-sig"))) if any(line)]
    except (UnicodeDecodeError, csv.Error):
        return ["The file could not be read."], []
    return _inspect_lines(data, lines)


def _inspect_lines(data: Database, lines: list[list[str]]) -> tuple[list[str], list[Row]]:
    head = [cell.strip().lower() for cell in lines[0]] if lines else []
    missing = next((column for column in NEEDED if column not in head), None)
    if lines and missing:
        return [f"Column {missing} not found."], []
    if len(lines) < 2:
        return ["The file has no rows."], []
    if len(lines) - 1 > MAX_ROWS:
        return [f"The file has more than {MAX_ROWS} rows."], []
    rows = [
        dict.fromkeys(NEEDED + OPTIONAL, "") | dict(zip(head, map(str.strip, line), strict=False))
        for line in lines[1:]
    ]
    seen = {email["email"] for email in data.all("select email from customers")}
    faults = [
        f"Row {place}: {fault}"
        for place, (line, row) in enumerate(zip(lines[1:], rows, strict=True), start=2)
        for fault in _row_faults(row, len(line) > len(head), seen)
    ]
    return faults, rows


def _row_faults(row: Row, too_long: bool, seen: set[str]) -> Iterator[str]:
    if too_long:
        yield "too many columns."
        return
    if not row["name"]:
        yield "name is empty."
    if not checks.is_email(row["email"]):
        yield "email is not valid."
    elif row["email"].lower() in seen:
        yield "email exists already."
    seen.add(row["email"].lower())
    if row["country"].upper() not in COUNTRIES:
        yield f"unknown country {row['country'][:40]}."
    elif row["vat_number"] and not checks.is_vat_number(row["vat_number"], row["country"].upper()):
        yield "vat_number is not valid."
    if row["credit_limit"] and checks.parse_amount(row["credit_limit"]) is None:
        yield "credit_limit is not a number."
    if row["since"] and checks.parse_date(row["since"]) is None:
        yield "since is not a date."


def _store(data: Database, row: Row, now: date) -> None:
    since = checks.parse_date(row["since"]) or now
    data.insert(
        "customers",
        name=row["name"],
        email=row["email"].lower(),
        street="",
        postcode=row["postcode"].upper(),
        city=row["city"],
        country=row["country"].upper(),
        vat_number=row["vat_number"].upper(),
        routing_id="",
        term=14,
        credit_limit=checks.parse_amount(row["credit_limit"]),
        iban="",
        mandate="",
        since=since.isoformat(),
    )


async def sample(_: Request) -> Response:
    return Response(
        SAMPLE, media_type="text/csv", headers={"Content-Disposition": 'attachment; filename="customers.csv"'}
    )


routes = [
    Route("/customers/import", imports, methods=["GET", "POST"]),
    Route("/customers/import/sample.csv", sample),
]

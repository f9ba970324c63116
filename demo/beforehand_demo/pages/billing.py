"""Plan and billing: the plan, the card (never charged), who gets the bill."""

from __future__ import annotations

from datetime import date

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .. import checks
from ..forms import Form
from ..people import allowed
from ..plans import PLANS, plan_of, seats_used
from ..web import Missing, Refusal, db, done, invalid, page, read, today

LABELS = {
    "holder": "Name on card",
    "card": "Card number",
    "expiry": "Expiry",
    "cvc": "Security code",
    "company": "Company",
    "billing_email": "Billing e-mail",
    "vat_number": "VAT number",
    "reference": "Reference",
}
DECLINED = "4000000000000002"  # the card networks' habit of a test number that is always declined
AMEX = ("34", "37")


async def overview(request: Request) -> Response:
    data = db(request)
    usage = {
        "seats": seats_used(data),
        "projects": data.value("select count(*) from projects where status='Active'"),
        "keys": data.value("select count(*) from api_keys"),
    }
    return page(
        request,
        "billing.html",
        "Plan and billing",
        nav="billing",
        plan=plan_of(data),
        plans=list(PLANS.values()),
        usage=usage,
        card=data.get("card"),
        billing=data.get("billing"),
        context={"has_card": data.get("card") is not None, **usage},
    )


@allowed("billing")
async def change(request: Request) -> Response:
    plan, data = PLANS.get(request.path_params["plan"].title()), db(request)
    if plan is None:
        raise Missing
    if data.get("card") is None:
        raise Refusal(402, "Add a card first.")
    if seats_used(data) > plan.seats:
        raise Refusal(409, "Your team is larger than this plan.")
    data.put("plan", plan.name)
    return done(request, "/billing", f"Your plan is {plan.name} now.", "plan_changed")


@allowed("billing")
async def card(request: Request) -> Response:
    if request.method == "GET":
        return page(request, "card.html", "Payment card", nav="billing", card=db(request).get("card"))
    form = await read(request, LABELS)
    digits, ends = _check_card(form, today(request))
    if form.errors:
        return invalid(request, form, "The card was not saved.")
    if digits == DECLINED:
        raise Refusal(402, "Your card was declined.")
    db(request).put("card", {"tail": digits[-4:], "ends": ends})  # the number itself is never kept
    return done(request, "/billing", f"The card ending in {digits[-4:]} was saved.", "card_saved")


def _check_card(form: Form, now: date) -> tuple[str, str]:
    """(digits, expiry as typed)"""
    form.text("holder", "Enter the name on the card.")
    digits = "".join(form.text("card").split())
    if not checks.is_card_number(digits):
        form.fail("card", "Enter a valid card number.")
    expiry = checks.parse_expiry(form.text("expiry"))
    if expiry is None:
        form.fail("expiry", "Enter the expiry as MM/YY.")
    elif expiry < (now.year, now.month):
        form.fail("expiry", "This card has expired.")
    code = form.text("cvc")
    if not (code.isascii() and code.isdigit() and len(code) == (4 if digits.startswith(AMEX) else 3)):
        form.fail("cvc", "Enter the security code.")
    return digits, form.text("expiry")


@allowed("billing")
async def details(request: Request) -> Response:
    if request.method == "GET":
        return page(
            request,
            "billing_details.html",
            "Billing details",
            nav="billing",
            billing=db(request).get("billing"),
        )
    form = await read(request, LABELS)
    values = {
        "company": form.text("company", "Enter a name."),
        "billing_email": form.email("billing_email"),
        "vat_number": form.vat_number("vat_number", "DE"),
        "reference": form.text("reference", limit=40),
    }
    if form.errors:
        return invalid(request, form, "The billing details were not saved.")
    db(request).put("billing", values)
    return done(request, "/billing", "The billing details were saved.", "billing_saved")


routes = [
    Route("/billing", overview),
    Route("/billing/plan/{plan}", change, methods=["POST"]),
    Route("/billing/card", card, methods=["GET", "POST"]),
    Route("/billing/details", details, methods=["GET", "POST"]),
]

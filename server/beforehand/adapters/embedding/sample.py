"""Texts on which an exported model is compared with its original: short, long, odd and foreign ones."""

from typing import Final

TEXTS: Final = [
    "VAT number. Enter a valid VAT number. New invoice",
    "how do I change the number of the next invoice",
    "The import says a column is missing, but it is there.",
    "Send does nothing",
    "pasword to weak",
    "Invite a person to the team when no seat is free",
    "Export CSV. Something went wrong on our side. Reports",
    "Start with the two letters of the country, then the digits, without spaces, dots or hyphens.",
    "A webhook must begin with https:// and answer with a 2xx status within three seconds; redirects are not followed.",
    "Rechnung kann nicht verschickt werden",
    "La date n'est pas acceptée",
    "كيف أغير كلمة المرور",
    "请输入有效的税号",
    "a",
    "?!",
    "Leitweg-ID 04011000-1234512345-06",
    " ".join(["Two-factor codes depend on the time of your phone."] * 12),
    "invoice " * 300,
    "🙂 does this work",
    "To cancel an invoice that was sent, open it and choose Cancel invoice; this writes a credit note.",
]

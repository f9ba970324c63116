"""Every error a caller may meet, in one tree.

BeforehandError             code + one sentence, safe to show: no secret, no echo of the input
  Invalid                   the input is wrong: names the field and what was expected
    Malformed               not JSON, NUL, bad UTF-8
    UnknownType             a frame or event type we don't know (strict mode only)
    TooLarge                bytes or characters over a named limit
    TooDeep                 nesting over the limit
  Unauthorised              who are you
    BadToken                user token: signature, form or claim
    ExpiredToken            user token past its exp
    BadResume               resume token: not ours, or another visitor's
    UnknownKey              no source has this public key
    WrongOrigin             the page's origin isn't on the source's allow-list
    NoConsent               Do-Not-Track or Global Privacy Control, and the source honours it
  TooFast                   over a rate limit; has retry_after (seconds)
  Gap                       a hole in the tape; has expected (sequence number)
  Refused                   a conditional write found its condition false; has reason
  Unavailable               a part is missing or late: model, index, database
    CorruptModel            hash, shape or output of a model file is wrong
  Configuration             a setting, file or port the operator must mend
"""

from __future__ import annotations


class BeforehandError(Exception):
    """code: stable machine word; sentence: one sentence for a person."""

    code = "error"

    def __init__(self, sentence: str, *, code: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        if code is not None:
            self.code = code


class Invalid(BeforehandError):
    code = "invalid"


class Malformed(Invalid):
    code = "malformed"


class UnknownType(Invalid):
    code = "unknown_type"


class TooLarge(Invalid):
    code = "too_large"


class TooDeep(Invalid):
    code = "too_deep"


class Unauthorised(BeforehandError):
    code = "unauthorised"


class BadToken(Unauthorised):
    code = "bad_token"


class ExpiredToken(Unauthorised):
    code = "expired_token"


class BadResume(Unauthorised):
    code = "bad_resume"


class UnknownKey(Unauthorised):
    code = "unknown_key"


class WrongOrigin(Unauthorised):
    code = "wrong_origin"


class NoConsent(Unauthorised):
    code = "no_consent"


class TooFast(BeforehandError):
    code = "too_fast"

    def __init__(self, sentence: str, *, retry_after: float) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class Gap(BeforehandError):
    code = "gap"

    def __init__(self, expected: int) -> None:
        super().__init__(f"Events before this batch are missing; send again from sequence {expected}.")
        self.expected = expected


class Refused(BeforehandError):
    code = "refused"

    def __init__(self, reason: str) -> None:
        super().__init__(f"The change was refused: {reason}.")
        self.reason = reason


class Unavailable(BeforehandError):
    code = "unavailable"


class CorruptModel(Unavailable):
    code = "corrupt_model"


class Configuration(BeforehandError):
    code = "configuration"

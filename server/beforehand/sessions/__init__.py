"""The room where events become live session state.

    apply(session, stamp, event, rules)  -> the struggles this event ended well (nearly always none)
    settle(session, now, rules)          -> the same, for submits and tries on which no error followed
    notice(session, signal)              -> opens or renews the struggle a signal speaks of

All change the session in place, do no I/O and read no clock.
"""

from beforehand.sessions.apply import apply
from beforehand.sessions.rules import SessionRules
from beforehand.sessions.settle import settle
from beforehand.sessions.struggles import notice
from beforehand.sessions.tapes import enter

__all__ = ["SessionRules", "apply", "enter", "notice", "settle"]

"""Form tokens: proofs that a form came from this portal, bound to no person on public pages.

Public forms carry an hourly HMAC over what the form is for and, where there is one, over the secret that it
carries (a receipt that the portal chose). Desk forms carry an HMAC over the session.
"""

import hmac
import re
import time
from functools import lru_cache

from portal.roles import Actor
from portal.web.edge import edge

HOUR = 3600
STAMP = re.compile(r"[0-9a-f]{1,10}")
LIFE = 24  # hours: somebody may be called away from a half-written report


def _signed(key: bytes, text: str) -> str:
    return hmac.digest(key, b"form|" + text.encode(errors="surrogatepass"), "sha256").hex()[:32]


_signed_for_all = lru_cache(maxsize=256)(_signed)  # what is bound to nobody is the same for everybody within the hour


def _sign(text: str) -> str:
    return _signed(edge().config.secrets["session"], text)


def _sign_hour(purpose: str, bound_to: str, hour: int) -> str:
    sign = _signed if bound_to else _signed_for_all
    return sign(edge().config.secrets["session"], f"{purpose}|{bound_to}|{hour}")


def form_token(purpose: str, bound_to: str = "") -> str:
    """Return a token for a public form, good for a day; it tells nothing but the hour."""
    hour = int(time.time()) // HOUR
    return f"{hour:x}.{_sign_hour(purpose, bound_to, hour)}"


def form_token_fits(token: str, purpose: str, bound_to: str = "") -> bool:
    """Tell whether this portal made the token for this purpose within a day."""
    stamp, _, signature = token.partition(".")
    if not STAMP.fullmatch(stamp) or not signature.isascii():
        return False
    hour = int(stamp, 16)
    age = int(time.time()) // HOUR - hour
    return 0 <= age <= LIFE and hmac.compare_digest(signature, _sign_hour(purpose, bound_to, hour))


def desk_token(person: Actor) -> str:
    """Return the token that every form of this person's session carries."""
    return _sign(f"desk|{person.session_id}")


def desk_token_fits(person: Actor, token: str) -> bool:
    """Tell whether a desk form belongs to this session (cross-site request forgery ends here)."""
    return token.isascii() and hmac.compare_digest(desk_token(person), token)

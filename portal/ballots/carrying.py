"""A count sheet on its way back through a form that was not whole: the browser carries it, nobody fetches it again.

Its exact figures are told to nobody, for small groups they would tell how people voted. So it is kept in no store,
and what the page carries is sealed: with the portal's own secret, for one person's session and one round.
"""

import base64
import hmac
import zlib

from nacl.exceptions import CryptoError
from nacl.secret import SecretBox


def _box(secret: bytes, session_id: str, round_id: str) -> SecretBox:
    return SecretBox(hmac.digest(secret, f"count sheet|{session_id}|{round_id}".encode(), "sha256"))


def sealed(secret: bytes, session_id: str, round_id: str, content: bytes) -> str:
    """Return a count sheet's file as the page carries it."""
    return base64.b64encode(_box(secret, session_id, round_id).encrypt(zlib.compress(content))).decode()


def opened(secret: bytes, session_id: str, round_id: str, carried: str) -> bytes:
    """Return the file that the page carried; b"" for none, another's, another round's, or what we never sealed."""
    try:
        return zlib.decompress(_box(secret, session_id, round_id).decrypt(base64.b64decode(carried, validate=True)))
    except (CryptoError, ValueError, zlib.error):
        return b""

"""The portal as it is served, under a clock that a test may set forward: some journeys last weeks."""

import os
import sys
from datetime import datetime, timedelta
from pathlib import Path

from portal.core import clock
from portal.serving import INSTANCE
from portal.serving import application as real_application
from tests.browser.served import FORWARD

_real_now = clock.utc_now


def moved_now() -> datetime:
    """Return this moment, set forward by what the test wrote down."""
    try:
        seconds = float((Path(os.environ[INSTANCE]) / FORWARD).read_text("ascii"))
    except FileNotFoundError:
        seconds = 0.0
    return _real_now() + timedelta(seconds=seconds)


def application() -> object:
    """Return the WSGI application of the instance named in the environment, every part of it under this clock."""
    made = real_application()
    for name, module in list(sys.modules.items()):
        if name.startswith("portal.") and getattr(module, "utc_now", None) is _real_now:
            module.utc_now = moved_now  # type: ignore[attr-defined]
    return made

"""Serves the portal with granian: several workers, a bounded number of threads, no access log."""

import os
from pathlib import Path

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

INSTANCE = "PORTAL_INSTANCE"
LIFETIME = 3600  # seconds: what passed through a worker, the last votes among it, lies in its memory until it ends
KILLED_AFTER = 10  # seconds: a worker that is just being born when the portal is stopped never hears of it


def serve(instance: Path, host: str, port: int, workers: int = 2, threads: int = 24) -> None:
    """Serve an instance until the process is told to stop. No address of a visitor is written anywhere."""
    os.environ[INSTANCE] = str(instance.resolve())
    Granian(
        "portal.serving:application", address=host, port=port, interface=Interfaces.WSGI, workers=workers,
        blocking_threads=threads, log_access=False, log_level=LogLevels.error, factory=True, backlog=512,
        respawn_failed_workers=True, workers_kill_timeout=KILLED_AFTER, workers_lifetime=LIFETIME,
    ).serve()


def application() -> object:
    """Return the WSGI application of the instance named in the environment; each worker makes its own."""
    from portal import config  # noqa: PLC0415 - read in the worker
    from portal.app import create_app  # noqa: PLC0415
    from portal.core import cores  # noqa: PLC0415

    instance = Path(os.environ[INSTANCE])
    app = create_app(config.load(instance))
    cores.keep_to_one(instance)
    return app


__all__ = ["application", "serve"]

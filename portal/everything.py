"""Loads the tables of every feature, so that each store's metadata is whole."""
import importlib
import portal.core.jobs
for _f in ("log","places","flags","accounts","slips","disclosures","reports","promises","ballots","digests"):
    try:
        importlib.import_module(f"portal.{_f}.models")
    except ModuleNotFoundError as e:
        if not (e.name or "").startswith("portal."):
            raise

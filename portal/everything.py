"""Loads the tables of every feature, so that each store's metadata is whole."""

from portal.accounts import models as _accounts
from portal.ballots import models as _ballots
from portal.core import jobs as _jobs
from portal.digests import models as _digests
from portal.disclosures import models as _disclosures
from portal.flags import models as _flags
from portal.flags import standing as _standing
from portal.log import models as _log
from portal.places import models as _places
from portal.promises import models as _promises
from portal.reports import models as _reports
from portal.slips import models as _slips

LOADED = (_accounts, _ballots, _digests, _disclosures, _flags, _jobs, _log, _places, _promises, _reports, _slips,
          _standing)

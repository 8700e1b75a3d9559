"""What the demonstration's villagers said opens what it is meant to open, by the rule itself."""

from portal.flags import facts
from portal.flags import rules as flags
from portal.places.settings import defaults
from portal.reports import rules
from portal.seeding.reported import REPORTS, Said

RULE = flags.Rule.from_settings({key.removeprefix("flags."): entry["value"] for key, entry in defaults().items()
                                 if key.startswith("flags.")})
WEEKS = 40


def weeks(village: str) -> list[flags.Week]:
    """Return the weeks of a village as `figures.weeks` would, last full week last."""
    def of(ago: int) -> list[Said]:
        return [said for said in REPORTS if said.village == village and said.ago == ago and
                rules.BY_KEY[said.category].adverse]

    found = []
    for ago in range(WEEKS, 0, -1):
        here = of(ago)
        voiced = [said for said in here if said.channel == "voice"]
        checked = [said for said in here if said.channel != "voice" and (said.facts or said.noted)]
        found.append(flags.Week(
            voice=len(voiced), serious_voice=sum(rules.BY_KEY[said.category].severity >= 3 for said in voiced),
            confirmed=len(checked), open_rest=len(here) - len(voiced) - len(checked),
            particulars=sum(bool(said.facts) for said in of(ago + 2)),
            serious_particulars=sum(bool(said.facts) and rules.BY_KEY[said.category].severity >= 3
                                    for said in of(ago + 2)),
        ))
    return found


def crossed(village: str, adults: int) -> bool:
    """Tell whether the last three weekly checks, or any three in a row, were over the line."""
    found, thresholds = weeks(village), flags.threshold(adults, RULE.prior_rate, RULE)
    checks = [flags.crosses(flags.quantities(found[:end], thresholds), thresholds) for end in range(1, len(found) + 1)]
    return any(flags.persists(checks[:end], RULE) for end in range(3, len(checks) + 1))


def test_the_small_village_reaches_triage_by_count_and_by_facts() -> None:
    """240 adults: reported every week for a quarter, and two serious facts from three persons."""
    assert crossed("dongling", 240)
    assert facts.crosses(240, weeks("dongling"), RULE.prior_rate, RULE)
    assert all(week.voice + week.confirmed + week.open_rest for week in weeks("dongling")[-13:])


def test_the_village_under_review_has_its_particulars() -> None:
    """910 adults: over the line, and three particulars that two offices found."""
    assert crossed("nanwan", 910)
    assert flags.particulars(weeks("nanwan"), 13) >= flags.review_minimum(910, RULE)


def test_the_other_villages_stay_below() -> None:
    """A village where people ask and complain now and then raises nothing."""
    for village, adults in (("liuhe", 1121), ("shiqiao", 1580), ("xinglin", 1510)):
        assert not crossed(village, adults)
        assert not facts.crosses(adults, weeks(village), RULE.prior_rate, RULE)

"""What is promised on /privacy, and what stands behind each promise: tests of this tree, what they measured, what not.

A test reads this list: a promise that names a test that is not there, or a number that the test does not hold, fails.
"""

from dataclasses import dataclass

from portal.core.words import N_


@dataclass(frozen=True)
class Assurance:
    """One promise in a villager's words.

    `key` names it in addresses (`/privacy/checks#key`), `topic` the question it answers. `tests` are `file::test`
    below tests/; `numbers` stand in those files as they stand in `measured` (blanks and signs aside).
    """

    key: str
    topic: str
    words: str
    tests: tuple[str, ...]
    measured: str
    not_shown: str
    numbers: tuple[str, ...] = ()


TOPICS = {
    "vote": N_("Does anybody know how I voted?"),
    "report": N_("Who can read what I report?"),
    "me": N_("Can anybody find out that it was me?"),
    "kept": N_("What do you keep?"),
    "long": N_("For how long?"),
}

ASSURANCES = (
    Assurance(
        "opening", "vote", N_("Opening the page or looking at the ballot is not voting: only the last step counts."),
        ("ballots/test_pages.py::test_get_never_spends", "ballots/test_pages.py::test_voting_from_a_slip"),
        N_("Every address of a vote was opened 5 times over, as previews and bots do: no slip was used."),
        N_("Whether somebody else presses the last button on your phone."),
        ("5",),
    ),
    Assurance(
        "no-name", "vote", N_("There is no name on the slip, and nobody notes who drew which."),
        ("ballots/test_service.py::test_schema_forbidden_columns", "ballots/test_service.py::test_no_rowid"),
        N_("Every column of the box and of the urn is gone through: none for a name, an address or a moment, and none "
           "that tells an order."),
        N_("What somebody beside the box remembers, or writes on paper."),
    ),
    Assurance(
        "no-key", "vote",
        N_("When you press the button the machine sees what was chosen, not who chose it; it locks the answer at once "
           "and has no key."),
        ("ballots/test_secrecy.py::test_no_plain_vote_on_disk", "ballots/test_shares.py::test_one_share_opens_nothing"),
        N_("20 votes, and every byte that the machine writes meanwhile: no answer, no digits. The key is in three "
           "parts; two open the urn, one opens nothing."),
        N_("That the machine locks what you pressed: the paper cards in the second box are there for that. Whoever "
           "takes over the running machine can see answers while they come in, and the last few before, still without "
           "names."),
        ("20",),
    ),
    Assurance(
        "line", "vote",
        N_("Whoever runs the Wi-Fi that you use can’t see what you chose, what kind of thing you tell, or whether your "
           "sixteen digits were right, not even by how long the pages are."),
        ("ballots/test_secrecy.py::test_the_line_does_not_tell_the_answer",
         "reports/test_pages.py::test_the_line_does_not_tell_the_kind",
         "reports/test_pages.py::test_the_line_does_not_tell_who_has_a_case"),
        N_("Each answer and each kind of report, step by step and in both languages: the same number of bytes to and "
           "fro. Right digits, wrong ones and a case with answers: pages of one length."),
        N_("That your phone opened this site, and that something long, or a photo, went out. A very long case takes a "
           "page of twice the length."),
    ),
    Assurance(
        "no-join", "vote", N_("Nobody can find out afterwards which slip voted for what."),
        ("ballots/test_secrecy.py::test_no_join", "ballots/test_secrecy.py::test_page_offsets"),
        N_("60 votes whose slips we knew, twice: no way of comparing files tied more than 5 of them to their slips "
           "both times; chance alone ties one."),
        N_("Whoever holds two parts of the key and a copy of the machine from the days of the vote. That is why the "
           "parts are torn up on the day of the count."),
        ("60", "5"),
    ),
    Assurance(
        "once", "vote",
        N_("A vote can be neither changed nor looked up afterwards, so nobody can use it against you."),
        ("ballots/test_pages.py::test_race_200", "ballots/test_service.py::test_retry_other_choice"),
        N_("200 phones sent one slip at the same moment: one ballot, and 199 times the same polite page."),
        N_("That you yourself held the slip. Who has seen its digits can find out, until the vote closes, that it was "
           "used, and never for what."),
        ("200", "199"),
    ),
    Assurance(
        "result", "vote", N_("The published result does not tell how anybody voted."),
        ("ballots/test_auditor.py::test_disclosure_auditor",
         "ballots/test_auditor.py::test_one_cell_rule_of_a_shown_group"),
        N_("All 286 results of ten voters and all 5,456 of thirty were tried: at most 1 in 100 would tell on "
           "somebody."),
        N_("In a group that is of one mind, everybody knows it anyway."),
        ("286", "5,456"),
    ),
    Assurance(
        "three-bodies", "vote",
        N_("The count that is published is the one that three bodies signed; two of them say so, each at its own "
           "desk."),
        ("ballots/test_witnesses.py::test_another_count_has_other_digits",
         "ballots/test_witnesses.py::test_nothing_is_published_before_both_bodies_spoke"),
        N_("A town handed in a count of its own making: the digits on the signed paper did not fit it, and nothing was "
           "published."),
        N_("That all three do not lie together. The cards in the second box can be counted by hand then."),
    ),
    Assurance(
        "turnout", "vote",
        N_("While people vote even the town sees no more than quarters: less than a quarter have voted, a half, more."),
        ("ballots/test_visits.py::test_while_people_vote_the_town_sees_no_more_than_it_may",
         "ballots/test_desk_pages.py::test_no_count_before_the_close"),
        N_("37 of 60 villagers had voted: the page says “a half to three quarters”. Of a group of 10 it says nothing."),
        N_("Who stands in line at the hall can be seen by everybody."),
        ("37", "10"),
    ),
    Assurance(
        "collecting", "vote",
        N_("Somebody collects slips? Two taps tell the district alone. After the vote it rings five in a hundred."),
        ("reports/test_watch.py::test_the_district_alone_has_a_copy",
         "ballots/test_ring.py::test_anybody_can_draw_again",
         "ballots/test_ring.py::test_no_small_number_follows_from_what_is_shown"),
        N_("Four such reports: four copies at the district, none at the town. Whom the lot takes can be worked out "
           "again by anybody; from what is shown of 28 calls no number below 5 follows."),
        N_("Whether people tell the truth on the phone while somebody listens."),
        ("28", "5"),
    ),
    Assurance(
        "no-trace", "me",
        N_("Nothing that you send tells who you are: no account, no phone, no number, no address of your line."),
        ("reports/test_pages.py::test_no_ip_anywhere", "reports/test_pages.py::test_headers_and_history"),
        N_("A made-up line, phone and slip were sent along with good, broken and oversized reports (36 MB), then "
           "looked for in every file, log and error: not found."),
        N_("What the phone company and WeChat note of their own: that your phone opened this site, not what you "
           "wrote."),
    ),
    Assurance(
        "public-counts", "me",
        N_("How many reports there are about a village is told by the month, two weeks late and in bands; never by "
           "week, by kind or by day."),
        ("reports/test_public_words.py::test_counts_are_told_by_the_month_late_and_in_bands",
         "digests/test_rules.py::test_reports_are_told_in_bands"),
        N_("One report moves no number that anybody outside the two offices can see, on pages and in digests."),
        N_("What people who read reports tell."),
    ),
    Assurance(
        "week", "me", N_("Only the week in which it came is noted, no day and no hour."),
        ("reports/test_service.py::test_only_the_week_is_kept",
         "reports/test_batches.py::test_nothing_kept_tells_when_a_report_came",
         "core/test_db.py::test_the_age_of_the_files_is_that_of_the_tick"),
        N_("Two reports of one week, before and after the hand-over: what is kept of them differs in chance and words "
           "alone. The files themselves are as old as the machine’s last round, whether anything came or not."),
        N_("Threats, and slips being collected, are handed over at once: the officer knows about when they came. Who "
           "copies the machine every day sees on which day something came; who copies it within ten minutes of the "
           "newest reports (a very full one: on the same day) sees in which order those came."),
    ),
    Assurance(
        "digits", "me", N_("Only your sixteen digits lead to it. We keep no list of them."),
        ("reports/test_service.py::test_receipt_guessing",
         "reports/test_pages.py::test_a_wrong_receipt_and_an_unknown_one_get_the_same_page"),
        N_("2,000 guesses in 10 seconds: at most 32 were looked at. At that pace one of 5,000 reports would be hit by "
           "chance less than once in a thousand years."),
        N_("Whoever finds your digits can read your case. Keep them to yourself."),
        ("2,000", "10"),
    ),
    Assurance(
        "voice", "me", N_("Nobody can tell which voice slip belongs to which report."),
        ("reports/test_rules.py::test_a_slip_and_a_report_cannot_be_joined_by_the_attempt",
         "slips/test_service.py::test_lists_of_two_quarters_share_nothing",
         "slips/test_service.py::test_where_a_row_lies_does_not_tell_when_its_slip_was_used",
         "slips/test_service.py::test_of_a_quarter_that_is_over_nobody_can_find_out_anything",
         "core/test_db.py::test_the_index_of_the_log_names_no_page"),
        N_("Slip and report are written into two books that share no mark; the lists of two quarters have no line in "
           "common. Used in one order or the other, the slips leave the same file, to the byte."),
        N_("Where few slips were drawn and few reports came, people may guess. Who copies the machine right before and "
           "right after a report sees which line of the list of slips belongs to it, but not whose slip that is. Who "
           "has seen the digits of your slip can find out, until the quarter ends, that it was used."),
    ),
    Assurance(
        "not-asked", "me", N_("No office may ask who you are: the portal does not send such a question."),
        ("reports/test_service.py::test_a_question_for_a_name_is_refused",
         "reports/test_rules.py::test_staff_may_not_ask_who_somebody_is"),
        N_("Questions for a name, a number or a home are refused; questions about the matter are not."),
        N_("A question that asks for it in a roundabout way. You need not answer."),
    ),
    Assurance(
        "two-copies", "report",
        N_("The village cannot read it. The town and the district hold one copy each; neither can make the other’s "
           "disappear."),
        ("reports/test_pages.py::test_village_cannot_read", "reports/test_service.py::test_two_offices"),
        N_("Every office of the village gets the same refusal for a report that exists and for one that does not."),
        N_("What an officer tells by word of mouth."),
    ),
    Assurance(
        "about-town", "report", N_("If it is about people of the town, only the district can open it."),
        ("reports/test_recusals.py::test_a_report_about_the_town_reaches_it_by_no_path",
         "reports/test_recusals.py::test_naming_somebody_of_the_town_keeps_it_from_the_town"),
        N_("By a tick or by a name in the words: no page, list, count or key of the town leads to it."),
        N_("A nickname that the portal does not know. Tick the box then."),
    ),
    Assurance(
        "written-down", "report", N_("Whoever opens it is written down by name, and the district sees it."),
        ("reports/test_pages.py::test_an_answer_without_reading_is_refused_and_every_reading_is_noted",
         "reports/test_recusals.py::test_a_named_officer_cannot_open_the_case_and_the_attempt_is_noted"),
        N_("Every way to the words leaves a line, and so does an attempt that was refused."),
        N_("Who looks over the officer’s shoulder."),
    ),
    Assurance(
        "locks", "report",
        N_("An officer who has typed the six words can read for %(minutes)s minutes; then everything locks itself."),
        ("reports/test_service.py::test_unlock_expires", "reports/test_pages.py::test_signing_out_closes_the_key"),
        N_("Set to 15 minutes: open after 14, shut after 15, after signing out and with anybody else’s cookie."),
        N_("Whoever takes over the machine in those minutes can read along."),
        ("15", "14"),
    ),
    Assurance(
        "elsewhere", "report",
        N_("Once the district has brought its key for them, threats and revenge open only on a machine without a "
           "network: this one has no key to them."),
        ("reports/test_offline.py::test_the_gravest_words_open_with_no_key_that_the_server_ever_held",
         "reports/test_offline.py::test_from_the_offline_machine_to_the_reading_of_a_threat"),
        N_("A threat, and every key of the machine open: none of them opened it. The file that was carried away opened "
           "with the office’s own key, and with two of its paper shares."),
        N_("While you send it, and when you look with your digits, the machine sees the words for a moment."),
    ),
    Assurance(
        "pictures", "kept", N_("What a camera writes into a picture, such as place and time, is taken out."),
        ("core/test_files.py::test_exif_gone",
         "reports/test_pages.py::test_photos_survive_an_error_and_hold_pixels_only"),
        N_("Pictures of each kind with place, device, remarks and things hung on behind: only the picture is left."),
        N_("What can be seen in the picture: it may show where you stood."),
    ),
    Assurance(
        "no-cookie", "kept",
        N_("These pages set no cookie and load nothing from elsewhere; only your choice of big type is kept, until you "
           "close the page."),
        ("site/test_weight.py::test_a_public_page_fits_the_first_flight",
         "web/test_headers.py::test_nothing_comes_from_elsewhere"),
        N_("The public pages of the demonstration, in both languages: no cookie, no foreign address; at most 14,600 "
           "bytes."),
        N_("What your browser itself keeps: it remembers that this site was opened. Delete it there."),
        ("14,600",),
    ),
    Assurance(
        "log", "kept",
        N_("What was made public leaves a line in the log, without names or words, that nobody takes out unseen."),
        ("log/test_walk.py::test_no_person_in_entry", "log/test_chain.py::test_log_tamper"),
        N_("Everything that can be done in the portal was done once: no name, number or typed word in any entry. A "
           "single changed byte is found."),
        N_("That what was written was true in the first place."),
    ),
    Assurance(
        "erased", "long",
        N_("Words, photos and answers of a case are erased %(days)s days after the week in which it was closed. Only "
           "its count stays, and that an officer named in its words must not open it."),
        ("reports/test_retention.py::test_retention", "reports/test_retention.py::test_sketches_go_after_half_a_year"),
        N_("Set to 730 days: 8 cases and one more were looked for in every file, log and freed page: gone."),
        N_("Paper that somebody printed, and backups until they are replaced."),
        ("730", "8"),
    ),
    Assurance(
        "slips-die", "long",
        N_("The digits of the slips are kept nowhere once they are printed. When the vote closes, what could test them "
           "is destroyed."),
        ("slips/test_service.py::test_digits_are_kept_nowhere",
         "slips/test_service.py::test_without_the_pepper_nothing_is_found"),
        N_("After printing the digits are in no file; after the close the right digits find nothing any more."),
        N_("The printed sheets themselves, and the file from which they were printed: the town deletes it by hand."),
    ),
    Assurance(
        "urn", "long",
        N_("The locked urn is kept for a recount and erased %(urn_days)s days after the result. The log names the "
           "day."),
        ("ballots/test_urn_kept.py::test_the_urn_goes_after_its_days",
         "ballots/test_urn_kept.py::test_the_bytes_are_written_over",
         "ballots/test_urn_kept.py::test_days_are_frozen_with_the_round"),
        N_("Set to 15 days: in the last minute before that day all 90 locked ballots were there, a minute later no "
           "byte of them in any file."),
        N_("The copy on the stick that went to the counting table: the three people destroy it with the key. For a "
           "vote under way the number holds that was fixed with its rules."),
        ("15", "90"),
    ),
    Assurance(
        "exact-gone", "long", N_("How a small group voted exactly is kept nowhere after the count."),
        ("ballots/test_service.py::test_exact_small_counts_are_not_kept",),
        N_("10 town cadres and 30 party members voted: no table holds what they answered, only a seal over the sheet."),
        N_("The sheet that three people signed at the table lies in an envelope."),
        ("10", "30"),
    ),
)
BY_KEY = {each.key: each for each in ASSURANCES}

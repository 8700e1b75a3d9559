"""The first shape of the store `portal`."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

import portal.core.db
from portal.flags.models import statements
from portal.log import ddl

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    op.create_table(
        "job",
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("period", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("lease_until", portal.core.db.UTCDateTime(), nullable=False),
        sa.Column("done_at", portal.core.db.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("name", "period", name=op.f("pk_job")),
    )
    op.create_table(
        "log_entry",
        sa.Column("unit", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("payload_commit", sa.LargeBinary(), nullable=False),
        sa.Column("prev_hash", sa.LargeBinary(), nullable=False),
        sa.Column("entry_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("unit", "seq", name=op.f("pk_log_entry")),
    )
    op.create_table(
        "log_payload",
        sa.Column("unit", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("unit", "seq", name=op.f("pk_log_payload")),
    )
    op.create_table(
        "person",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("user", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("name_en", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("mail", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("password_hash", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("totp", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("totp_used", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", portal.core.db.UTCDateTime(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("user", name=op.f("uq_person_user")),
    )
    op.create_table(
        "place",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("short", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("name_en", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("initials", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("parent_id", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("path", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("unit", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("adults", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("households", sa.Integer(), nullable=False),
        sa.Column("phone", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind in ('district', 'town', 'village')", name=op.f("ck_place_kind")),
        sa.ForeignKeyConstraint(["parent_id"], ["place.id"], name=op.f("fk_place_parent_id_place")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place")),
        sa.UniqueConstraint("code", name=op.f("uq_place_code")),
        sa.UniqueConstraint("short", name=op.f("uq_place_short")),
    )
    with op.batch_alter_table("place", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_place_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_place_path"), ["path"], unique=False)

    op.create_table(
        "appraisal_round",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("village_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("subject_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("subject_since", sa.Date(), nullable=True),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("opens_at", portal.core.db.UTCDateTime(), nullable=False),
        sa.Column("closes_at", portal.core.db.UTCDateTime(), nullable=False),
        sa.Column("sizes", sa.JSON(), nullable=False),
        sa.Column("plan", sqlmodel.sql.sqltypes.AutoString(length=1), nullable=False),
        sa.Column("box_pub", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("rules_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("urn_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("sheet_commit", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("result_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("grade", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("told", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("talk", sa.Boolean(), nullable=False),
        sa.Column("talk_told", sa.Boolean(), nullable=False),
        sa.Column("by_hand", sa.Boolean(), nullable=False),
        sa.Column("void_reason", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("voided_on", sa.Date(), nullable=True),
        sa.Column("rerun", sa.Boolean(), nullable=False),
        sa.Column("ring_secret", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("closing", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("closing_entry", sa.Integer(), nullable=True),
        sa.Column("explanation", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("created_by", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("published_entry", sa.Integer(), nullable=True),
        sa.Column("urn_erased_on", sa.Date(), nullable=True),
        sa.Column("consequence", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("consequence_reason", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("consequence_on", sa.Date(), nullable=True),
        sa.CheckConstraint("plan in ('A', 'B')", name=op.f("ck_appraisal_round_plan")),
        sa.CheckConstraint(
            "state in ('draft', 'frozen', 'open', 'closed', 'counted', 'published', 'void')",
            name=op.f("ck_appraisal_round_state"),
        ),
        sa.ForeignKeyConstraint(["subject_id"], ["person.id"], name=op.f("fk_appraisal_round_subject_id_person")),
        sa.ForeignKeyConstraint(["village_id"], ["place.id"], name=op.f("fk_appraisal_round_village_id_place")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appraisal_round")),
    )
    with op.batch_alter_table("appraisal_round", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_appraisal_round_state"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_appraisal_round_village_id"), ["village_id"], unique=False)

    op.create_table(
        "desk_session",
        sa.Column("token_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("person_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("began_at", portal.core.db.UTCDateTime(), nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.Column("ends_at", portal.core.db.UTCDateTime(), nullable=False),
        sa.Column("device", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_desk_session_person_id_person")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_desk_session")),
        sa.UniqueConstraint("id", name=op.f("uq_desk_session_id")),
    )
    with op.batch_alter_table("desk_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_desk_session_person_id"), ["person_id"], unique=False)

    op.create_table(
        "digest",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("place_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("week", sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
        sa.Column("made_at", portal.core.db.UTCDateTime(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("mail_text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sent", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_digest_place_id_place")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digest")),
        sa.UniqueConstraint("place_id", "week", name=op.f("uq_digest_place_id")),
    )
    with op.batch_alter_table("digest", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_digest_place_id"), ["place_id"], unique=False)

    op.create_table(
        "due_notice",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("village_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("item_code", sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
        sa.Column("slot", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("noticed_on", sa.Date(), nullable=False),
        sa.Column("flagged_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["village_id"], ["place.id"], name=op.f("fk_due_notice_village_id_place")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_due_notice")),
        sa.UniqueConstraint("village_id", "item_code", "slot", "stage", name=op.f("uq_due_notice_village_id")),
    )
    with op.batch_alter_table("due_notice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_due_notice_village_id"), ["village_id"], unique=False)

    op.create_table(
        "flag",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("village_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("cause", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("level", sqlmodel.sql.sqltypes.AutoString(length=2), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("opened", sa.Date(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("sheet", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("sheet_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("reasons", sqlmodel.sql.sqltypes.AutoString(length=4000), nullable=False),
        sa.Column("decided_by", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("second_by", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("outcome", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("outcome_reasons", sqlmodel.sql.sqltypes.AutoString(length=4000), nullable=False),
        sa.Column("closed_by", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("closed_second_by", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("escalated_on", sa.Date(), nullable=True),
        sa.CheckConstraint("cause in ('count', 'facts', 'overdue', 'target', 'grade')", name=op.f("ck_flag_cause")),
        sa.CheckConstraint(
            "outcome in ('', 'calm') or (length(outcome_reasons) > 0 and closed_by <> closed_second_by)",
            name=op.f("ck_flag_two_close"),
        ),
        sa.CheckConstraint(
            "outcome in ('', 'calm', 'unfounded', 'educate', 'rectify', 'adjust', 'transferred')",
            name=op.f("ck_flag_outcome"),
        ),
        sa.CheckConstraint(
            "state = 'triage' or outcome = 'calm' or (length(reasons) > 0 and length(decided_by) > 0 "
            "and length(second_by) > 0 and decided_by <> second_by)",
            name=op.f("ck_flag_two_people"),
        ),
        sa.CheckConstraint(
            "state in ('triage', 'dismissed', 'review', 'decided', 'closed')", name=op.f("ck_flag_state")
        ),
        sa.CheckConstraint("length(cast(sheet as text)) > 100", name=op.f("ck_flag_sheet")),
        sa.CheckConstraint("length(sheet_hash) = 64", name=op.f("ck_flag_sheet_hash")),
        sa.ForeignKeyConstraint(["village_id"], ["place.id"], name=op.f("fk_flag_village_id_place")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flag")),
        sa.UniqueConstraint("key", name=op.f("uq_flag_key")),
    )
    with op.batch_alter_table("flag", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_flag_state"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_flag_village_id"), ["village_id"], unique=False)

    op.create_table(
        "office_key",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("place_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("public", sa.LargeBinary(), nullable=False),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.Column("retired_on", sa.Date(), nullable=True),
        sa.Column("next_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("held", sa.LargeBinary(), nullable=True),
        sa.Column("destroyed_on", sa.Date(), nullable=True),
        sa.Column("lost_on", sa.Date(), nullable=True),
        sa.Column("drilled_on", sa.Date(), nullable=True),
        sa.Column("offline", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_office_key_place_id_place")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_key")),
    )
    with op.batch_alter_table("office_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_office_key_next_id"), ["next_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_office_key_place_id"), ["place_id"], unique=False)

    op.create_table(
        "place_setting",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("place_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("changed_by", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("changed_at", portal.core.db.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_place_setting_place_id_place")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place_setting")),
        sa.UniqueConstraint("place_id", "key", "valid_from", name=op.f("uq_place_setting_place_id")),
    )
    with op.batch_alter_table("place_setting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_place_setting_place_id"), ["place_id"], unique=False)

    op.create_table(
        "posting",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("person_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("place_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("role", sqlmodel.sql.sqltypes.AutoString(length=24), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "role in ('village_clerk', 'secretary', 'supervision', 'town_office', 'town_discipline', 'district_organisation', 'district_finance', 'district_discipline', 'operator')",
            name=op.f("ck_posting_role"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_posting_person_id_person")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_posting_place_id_place")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posting")),
    )
    with op.batch_alter_table("posting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_posting_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_posting_place_id"), ["place_id"], unique=False)

    op.create_table(
        "promise",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("place_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("made_at", portal.core.db.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_promise_place_id_place")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promise")),
        sa.UniqueConstraint("place_id", "year", "number", name=op.f("uq_promise_place_id")),
    )
    op.create_table(
        "record",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("village_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("item_code", sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
        sa.Column("slot", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("period_key", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False),
        sa.Column("latest", sa.Integer(), nullable=False),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.Column("mend", sa.Boolean(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("notice_end", sa.Date(), nullable=True),
        sa.Column("created_at", portal.core.db.UTCDateTime(), nullable=False),
        sa.Column("first_published_at", portal.core.db.UTCDateTime(), nullable=True),
        sa.Column("published_at", portal.core.db.UTCDateTime(), nullable=True),
        sa.CheckConstraint("(state = 'draft') = (shown = 0)", name=op.f("ck_record_state_shown")),
        sa.CheckConstraint("state in ('draft', 'published', 'effective', 'archived')", name=op.f("ck_record_state")),
        sa.CheckConstraint("shown >= 0 and shown <= latest", name=op.f("ck_record_shown")),
        sa.ForeignKeyConstraint(["village_id"], ["place.id"], name=op.f("fk_record_village_id_place")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record")),
        sa.UniqueConstraint("village_id", "item_code", "slot", name=op.f("uq_record_village_id")),
    )
    with op.batch_alter_table("record", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_record_state"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_record_village_id"), ["village_id"], unique=False)

    op.create_table(
        "report_batch",
        sa.Column("place_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("batch", portal.core.db.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_report_batch_place_id_place")),
        sa.PrimaryKeyConstraint("place_id", name=op.f("pk_report_batch")),
    )
    op.create_table(
        "report_erasure",
        sa.Column("place_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_report_erasure_place_id_place")),
        sa.PrimaryKeyConstraint("place_id", "day", name=op.f("pk_report_erasure")),
    )
    op.create_table(
        "report_opening",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("person_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("place_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("report_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
        sa.Column("why", sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_report_opening_person_id_person")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_report_opening_place_id_place")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_opening")),
    )
    with op.batch_alter_table("report_opening", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_report_opening_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_report_opening_place_id"), ["place_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_report_opening_report_id"), ["report_id"], unique=False)

    op.create_table(
        "report_request",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("place_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("office_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("report_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("summary", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("answer", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answered_by", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["office_id"], ["place.id"], name=op.f("fk_report_request_office_id_place")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_report_request_place_id_place")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_request")),
    )
    with op.batch_alter_table("report_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_report_request_published_on"), ["published_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_report_request_office_id"), ["office_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_report_request_place_id"), ["place_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_report_request_report_id"), ["report_id"], unique=False)

    op.create_table(
        "report_week",
        sa.Column("place_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("week", sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_report_week_place_id_place")),
        sa.PrimaryKeyConstraint("place_id", "week", name=op.f("pk_report_week")),
    )
    op.create_table(
        "silent_village",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("village_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("cause", sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("visited_on", sa.Date(), nullable=True),
        sa.Column("visited_by", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("found", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.CheckConstraint("cause in ('reports', 'slips')", name=op.f("ck_silent_village_cause")),
        sa.ForeignKeyConstraint(["village_id"], ["place.id"], name=op.f("fk_silent_village_village_id_place")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_silent_village")),
    )
    with op.batch_alter_table("silent_village", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_silent_village_village_id"), ["village_id"], unique=False)

    op.create_table(
        "upload",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("person_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("village_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("record_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("item_code", sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
        sa.Column("period_key", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("event_date", sa.Date(), nullable=True),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("sheets", sa.JSON(), nullable=False),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("header_row", sa.Integer(), nullable=True),
        sa.Column("made_at", portal.core.db.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_upload_person_id_person")),
        sa.ForeignKeyConstraint(["village_id"], ["place.id"], name=op.f("fk_upload_village_id_place")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
    )
    with op.batch_alter_table("upload", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_upload_made_at"), ["made_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_upload_person_id"), ["person_id"], unique=False)

    op.create_table(
        "week_count",
        sa.Column("village_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("week", sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
        sa.Column("voice", sa.Integer(), nullable=False),
        sa.Column("serious_voice", sa.Integer(), nullable=False),
        sa.Column("confirmed", sa.Integer(), nullable=False),
        sa.Column("open_rest", sa.Integer(), nullable=False),
        sa.Column("open_received", sa.Integer(), nullable=False),
        sa.Column("particulars", sa.Integer(), nullable=False),
        sa.Column("serious_particulars", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["village_id"], ["place.id"], name=op.f("fk_week_count_village_id_place")),
        sa.PrimaryKeyConstraint("village_id", "week", name=op.f("pk_week_count")),
    )
    op.create_table(
        "weekly_check",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("village_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("week", sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
        sa.Column("rule_version", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("made_at", portal.core.db.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["village_id"], ["place.id"], name=op.f("fk_weekly_check_village_id_place")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_weekly_check")),
        sa.UniqueConstraint("village_id", "week", name=op.f("uq_weekly_check_village_id")),
    )
    with op.batch_alter_table("weekly_check", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_weekly_check_village_id"), ["village_id"], unique=False)

    op.create_table(
        "attachment",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("record_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("gone", sa.Integer(), nullable=True),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=4), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("kind in ('jpeg', 'pdf')", name=op.f("ck_attachment_kind")),
        sa.CheckConstraint("size <= 5242880", name=op.f("ck_attachment_size")),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_attachment_record_id_record")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attachment_record_id"), ["record_id"], unique=False)

    op.create_table(
        "clearing",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("flag_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("village_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("subject_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("words", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("wish", sa.Boolean(), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["flag_id"], ["flag.id"], name=op.f("fk_clearing_flag_id_flag")),
        sa.ForeignKeyConstraint(["village_id"], ["place.id"], name=op.f("fk_clearing_village_id_place")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clearing")),
        sa.UniqueConstraint("flag_id", name=op.f("uq_clearing_flag_id")),
    )
    with op.batch_alter_table("clearing", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_clearing_subject_id"), ["subject_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_clearing_village_id"), ["village_id"], unique=False)

    op.create_table(
        "count_sheet",
        sa.Column("round_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("electorate", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("eligible", sa.Integer(), nullable=False),
        sa.Column("printed", sa.Integer(), nullable=False),
        sa.Column("issued", sa.Integer(), nullable=False),
        sa.Column("spoiled", sa.Integer(), nullable=False),
        sa.Column("voided", sa.Integer(), nullable=False),
        sa.Column("returned", sa.Integer(), nullable=False),
        sa.Column("remote", sa.Integer(), nullable=False),
        sa.Column("remote_most", sa.Integer(), nullable=False),
        sa.Column("twins", sa.Integer(), nullable=True),
        sa.Column("twin_over", sa.Integer(), nullable=False),
        sa.Column("used_before", sa.Integer(), nullable=False),
        sa.Column("envelopes", sa.Integer(), nullable=False),
        sa.Column("spent", sa.Integer(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("signers", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["appraisal_round.id"], name=op.f("fk_count_sheet_round_id_appraisal_round")
        ),
        sa.PrimaryKeyConstraint("round_id", "electorate", name=op.f("pk_count_sheet")),
    )
    op.create_table(
        "count_witness",
        sa.Column("round_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("body", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("person_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("fits", sa.Boolean(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("said_on", sa.Date(), nullable=False),
        sa.CheckConstraint("body in ('supervision', 'district')", name=op.f("ck_count_witness_body")),
        sa.CheckConstraint("fits or reason <> ''", name=op.f("ck_count_witness_reason")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_count_witness_person_id_person")),
        sa.ForeignKeyConstraint(
            ["round_id"], ["appraisal_round.id"], name=op.f("fk_count_witness_round_id_appraisal_round")
        ),
        sa.PrimaryKeyConstraint("round_id", "body", name=op.f("pk_count_witness")),
    )
    op.create_table(
        "flag_event",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("flag_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("step", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("person_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("at", portal.core.db.UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "kind in ('raised', 'suggested', 'withdrawn', 'sent_back', 'lapsed', 'dismissed', 'review', 'calm', 'escalated', 'refused', 'notified', 'extended', 'stated', 'paper', 'named', 'declared', 'panel', 'proposed', 'agreed', 'against', 'outvoted', 'returned', 'decided', 'final', 'appealed', 'answering', 'answer_back', 'answered', 'reappraised', 'after', 'cleared', 'published')",
            name=op.f("ck_flag_event_kind"),
        ),
        sa.ForeignKeyConstraint(["flag_id"], ["flag.id"], name=op.f("fk_flag_event_flag_id_flag")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flag_event")),
    )
    with op.batch_alter_table("flag_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_flag_event_flag_id"), ["flag_id"], unique=False)

    op.create_table(
        "flag_proposal",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("flag_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("choice", sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
        sa.Column("reasons", sqlmodel.sql.sqltypes.AutoString(length=4000), nullable=False),
        sa.Column("figures", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("proposed_by", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("second_by", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("proposed_at", portal.core.db.UTCDateTime(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(length=9), nullable=False),
        sa.Column("why", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("settled_by", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("settled_at", portal.core.db.UTCDateTime(), nullable=True),
        sa.CheckConstraint("choice in ('review', 'dismiss')", name=op.f("ck_flag_proposal_choice")),
        sa.CheckConstraint(
            "state in ('waiting', 'confirmed', 'returned', 'withdrawn', 'lapsed')", name=op.f("ck_flag_proposal_state")
        ),
        sa.CheckConstraint("length(reasons) > 0 and length(figures) = 64", name=op.f("ck_flag_proposal_whole")),
        sa.CheckConstraint(
            "length(proposed_by) > 0 and length(second_by) > 0 and proposed_by <> second_by",
            name=op.f("ck_flag_proposal_two_people"),
        ),
        sa.CheckConstraint(
            "state <> 'confirmed' or settled_by = second_by", name=op.f("ck_flag_proposal_confirmed_by")
        ),
        sa.CheckConstraint(
            "state <> 'returned' or (settled_by = second_by and length(why) > 0)",
            name=op.f("ck_flag_proposal_returned_by"),
        ),
        sa.CheckConstraint(
            "state <> 'withdrawn' or settled_by = proposed_by", name=op.f("ck_flag_proposal_withdrawn_by")
        ),
        sa.ForeignKeyConstraint(["flag_id"], ["flag.id"], name=op.f("fk_flag_proposal_flag_id_flag")),
        sa.ForeignKeyConstraint(["proposed_by"], ["person.id"], name=op.f("fk_flag_proposal_proposed_by_person")),
        sa.ForeignKeyConstraint(["second_by"], ["person.id"], name=op.f("fk_flag_proposal_second_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flag_proposal")),
    )
    with op.batch_alter_table("flag_proposal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_flag_proposal_flag_id"), ["flag_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_flag_proposal_second_by"), ["second_by"], unique=False)
        batch_op.create_index(
            "uq_flag_proposal_waiting",
            ["flag_id"],
            unique=True,
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )

    op.create_table(
        "flag_step_out",
        sa.Column("flag_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("step", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "step in ('triage', 'notice', 'statement', 'decision', 'appeal', 'answer', 'reappraisal')",
            name=op.f("ck_flag_step_out_step"),
        ),
        sa.ForeignKeyConstraint(["flag_id"], ["flag.id"], name=op.f("fk_flag_step_out_flag_id_flag")),
        sa.PrimaryKeyConstraint("flag_id", "step", name=op.f("pk_flag_step_out")),
    )
    op.create_table(
        "objection",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("record_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
        sa.Column("decision", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("decided_by", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.CheckConstraint("(state = 'open') = (decided_on is null)", name=op.f("ck_objection_decided")),
        sa.CheckConstraint("state = 'open' or decision <> ''", name=op.f("ck_objection_reasons")),
        sa.CheckConstraint("state in ('open', 'upheld', 'rejected')", name=op.f("ck_objection_state")),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_objection_record_id_record")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection")),
        sa.UniqueConstraint("key", name=op.f("uq_objection_key")),
    )
    with op.batch_alter_table("objection", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_objection_record_id"), ["record_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_objection_state"), ["state"], unique=False)

    op.create_table(
        "office_key_loss",
        sa.Column("key_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("place_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("said_by", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("said_on", sa.Date(), nullable=False),
        sa.Column("confirmed_by", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("confirmed_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["key_id"], ["office_key.id"], name=op.f("fk_office_key_loss_key_id_office_key")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_office_key_loss_place_id_place")),
        sa.ForeignKeyConstraint(["said_by"], ["person.id"], name=op.f("fk_office_key_loss_said_by_person")),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_office_key_loss")),
    )
    with op.batch_alter_table("office_key_loss", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_office_key_loss_place_id"), ["place_id"], unique=False)

    op.create_table(
        "office_key_copy",
        sa.Column("key_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("person_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["office_key.id"], name=op.f("fk_office_key_copy_key_id_office_key")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_office_key_copy_person_id_person")),
        sa.PrimaryKeyConstraint("key_id", "person_id", name=op.f("pk_office_key_copy")),
    )
    op.create_table(
        "promise_check",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("promise_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("outcome", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("made_at", portal.core.db.UTCDateTime(), nullable=False),
        sa.Column("made_by", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("content", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.CheckConstraint("outcome in ('on_track', 'late', 'at_risk')", name=op.f("ck_promise_check_outcome")),
        sa.ForeignKeyConstraint(["promise_id"], ["promise.id"], name=op.f("fk_promise_check_promise_id_promise")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promise_check")),
        sa.UniqueConstraint("promise_id", "number", name=op.f("uq_promise_check_promise_id")),
    )
    op.create_table(
        "promise_progress",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("promise_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("words", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("explanation", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("made_at", portal.core.db.UTCDateTime(), nullable=False),
        sa.Column("made_by", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("content", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.CheckConstraint("state in ('on_track', 'behind', 'done')", name=op.f("ck_promise_progress_state")),
        sa.CheckConstraint("percent between 0 and 100", name=op.f("ck_promise_progress_percent")),
        sa.ForeignKeyConstraint(["promise_id"], ["promise.id"], name=op.f("fk_promise_progress_promise_id_promise")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promise_progress")),
        sa.UniqueConstraint("promise_id", "number", name=op.f("uq_promise_progress_promise_id")),
    )
    op.create_table(
        "promise_version",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("promise_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("words", sqlmodel.sql.sqltypes.AutoString(length=400), nullable=False),
        sa.Column("target", sqlmodel.sql.sqltypes.AutoString(length=14), nullable=False),
        sa.Column("unit", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("by_day", sa.Date(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("made_at", portal.core.db.UTCDateTime(), nullable=False),
        sa.Column("made_by", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("decided_at", portal.core.db.UTCDateTime(), nullable=True),
        sa.Column("decided_by", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("decision", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("content", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.CheckConstraint("state in ('published', 'proposed', 'refused')", name=op.f("ck_promise_version_state")),
        sa.ForeignKeyConstraint(["promise_id"], ["promise.id"], name=op.f("fk_promise_version_promise_id_promise")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promise_version")),
        sa.UniqueConstraint("promise_id", "number", name=op.f("uq_promise_version_promise_id")),
    )
    op.create_table(
        "record_step",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("record_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("place_in_order", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("act", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("person_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("moment", portal.core.db.UTCDateTime(), nullable=False),
        sa.Column("remark", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_record_step_record_id_record")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_step")),
        sa.UniqueConstraint("record_id", "place_in_order", name=op.f("uq_record_step_record_id")),
    )
    with op.batch_alter_table("record_step", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_record_step_record_id"), ["record_id"], unique=False)

    op.create_table(
        "record_version",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("record_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("summary", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("members", sa.JSON(), nullable=False),
        sa.Column("totals", sa.JSON(), nullable=False),
        sa.Column("decision", sa.JSON(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("amount_fen", sa.Integer(), nullable=True),
        sa.Column("is_nothing", sa.Boolean(), nullable=False),
        sa.Column("event_date", sa.Date(), nullable=True),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("found", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("drafted_by", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("drafted_at", portal.core.db.UTCDateTime(), nullable=False),
        sa.Column("submitted_at", portal.core.db.UTCDateTime(), nullable=True),
        sa.Column("checked_by", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("checked_at", portal.core.db.UTCDateTime(), nullable=True),
        sa.Column("approved_by", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("published_by", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("published_at", portal.core.db.UTCDateTime(), nullable=True),
        sa.Column("content_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("salt", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("notice_start", sa.Date(), nullable=True),
        sa.Column("notice_end", sa.Date(), nullable=True),
        sa.Column("answer_days", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'published') = (published_at is not null)", name=op.f("ck_record_version_published")
        ),
        sa.CheckConstraint("number = 1 or reason <> ''", name=op.f("ck_record_version_reason")),
        sa.CheckConstraint(
            "state in ('draft', 'submitted', 'returned', 'checked', 'published')", name=op.f("ck_record_version_state")
        ),
        sa.CheckConstraint("checked_by is null or checked_by <> drafted_by", name=op.f("ck_record_version_four_eyes")),
        sa.CheckConstraint("length(summary) <= 60", name=op.f("ck_record_version_summary")),
        sa.CheckConstraint("notice_end is null or notice_end >= notice_start", name=op.f("ck_record_version_notice")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_record_version_number")),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_record_version_record_id_record")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_version")),
        sa.UniqueConstraint("record_id", "number", name=op.f("uq_record_version_record_id")),
    )
    with op.batch_alter_table("record_version", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_record_version_record_id"), ["record_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_record_version_state"), ["state"], unique=False)

    op.create_table(
        "review",
        sa.Column("flag_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("subject_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("notice_by", sa.Date(), nullable=False),
        sa.Column("notified_on", sa.Date(), nullable=True),
        sa.Column("notified_by", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("statement_by", sa.Date(), nullable=True),
        sa.Column("extended_on", sa.Date(), nullable=True),
        sa.Column("statement", sqlmodel.sql.sqltypes.AutoString(length=4000), nullable=False),
        sa.Column("stated_on", sa.Date(), nullable=True),
        sa.Column("additions", sa.JSON(), nullable=False),
        sa.Column("silent_on", sa.Date(), nullable=True),
        sa.Column("decide_by", sa.Date(), nullable=False),
        sa.Column("outcome", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("outcome_reasons", sqlmodel.sql.sqltypes.AutoString(length=4000), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("rectify_by", sa.Date(), nullable=True),
        sa.Column("proposed_by", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("proposed_on", sa.Date(), nullable=True),
        sa.Column("returned_why", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("appeal_by", sa.Date(), nullable=True),
        sa.Column("appeal", sqlmodel.sql.sqltypes.AutoString(length=4000), nullable=False),
        sa.Column("appealed_on", sa.Date(), nullable=True),
        sa.Column("answer_by", sa.Date(), nullable=True),
        sa.Column("appeal_answer", sqlmodel.sql.sqltypes.AutoString(length=4000), nullable=False),
        sa.Column("milder", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("answered_by", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("answered_second", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answer_why", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("reappraise_by", sa.Date(), nullable=True),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.Column("reappraised_on", sa.Date(), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column("after", sqlmodel.sql.sqltypes.AutoString(length=4000), nullable=False),
        sa.Column("after_by", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("after_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "answered_on is null or (length(answered_by) > 0 and answered_by <> answered_second)",
            name=op.f("ck_review_two_answer"),
        ),
        sa.CheckConstraint(
            "milder in ('', 'unfounded', 'educate', 'rectify', 'adjust', 'transferred')", name=op.f("ck_review_milder")
        ),
        sa.CheckConstraint(
            "outcome in ('', 'unfounded', 'educate', 'rectify', 'adjust', 'transferred')",
            name=op.f("ck_review_outcome"),
        ),
        sa.CheckConstraint("share between -1 and 100", name=op.f("ck_review_share")),
        sa.ForeignKeyConstraint(["flag_id"], ["flag.id"], name=op.f("fk_review_flag_id_flag")),
        sa.PrimaryKeyConstraint("flag_id", name=op.f("pk_review")),
    )
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_subject_id"), ["subject_id"], unique=False)

    op.create_table(
        "review_conflict",
        sa.Column("flag_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("person_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=5), nullable=False),
        sa.Column("words", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("noted_on", sa.Date(), nullable=False),
        sa.CheckConstraint("kind in ('own', 'named')", name=op.f("ck_review_conflict_kind")),
        sa.ForeignKeyConstraint(["flag_id"], ["flag.id"], name=op.f("fk_review_conflict_flag_id_flag")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_review_conflict_person_id_person")),
        sa.PrimaryKeyConstraint("flag_id", "person_id", name=op.f("pk_review_conflict")),
    )
    op.create_table(
        "review_paper",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("flag_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=4), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("added_on", sa.Date(), nullable=False),
        sa.CheckConstraint("kind in ('jpeg', 'pdf')", name=op.f("ck_review_paper_kind")),
        sa.CheckConstraint("size <= 5242880", name=op.f("ck_review_paper_size")),
        sa.ForeignKeyConstraint(["flag_id"], ["flag.id"], name=op.f("fk_review_paper_flag_id_flag")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_paper")),
        sa.UniqueConstraint("flag_id", "number", name=op.f("uq_review_paper_flag_id")),
    )
    with op.batch_alter_table("review_paper", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_paper_flag_id"), ["flag_id"], unique=False)

    op.create_table(
        "review_panel",
        sa.Column("flag_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("person_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("leads", sa.Boolean(), nullable=False),
        sa.Column("from_district", sa.Boolean(), nullable=False),
        sa.Column("says", sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
        sa.Column("words", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.CheckConstraint("says in ('', 'agree', 'against')", name=op.f("ck_review_panel_says")),
        sa.ForeignKeyConstraint(["flag_id"], ["flag.id"], name=op.f("fk_review_panel_flag_id_flag")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_review_panel_person_id_person")),
        sa.PrimaryKeyConstraint("flag_id", "person_id", name=op.f("pk_review_panel")),
    )
    op.create_table(
        "home_visit",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("round_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("electorate", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("town", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("committee", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("given", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["round_id"], ["appraisal_round.id"], name=op.f("fk_home_visit_round_id_appraisal_round")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_home_visit")),
        sa.UniqueConstraint("round_id", "number", name=op.f("uq_home_visit_round_id")),
    )
    with op.batch_alter_table("home_visit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_home_visit_round_id"), ["round_id"], unique=False)

    op.create_table(
        "ring_answers",
        sa.Column("round_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("called", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("own_yes", sa.Integer(), nullable=False),
        sa.Column("own_no", sa.Integer(), nullable=False),
        sa.Column("self_yes", sa.Integer(), nullable=False),
        sa.Column("self_no", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["appraisal_round.id"], name=op.f("fk_ring_answers_round_id_appraisal_round")
        ),
        sa.PrimaryKeyConstraint("round_id", name=op.f("pk_ring_answers")),
    )
    op.create_table(
        "tally",
        sa.Column("round_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("electorate", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("question", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("options", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("high", sa.Integer(), nullable=False),
        sa.Column("bound", sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
        sa.CheckConstraint("bound in ('exact', 'at_least', 'at_most')", name=op.f("ck_tally_bound")),
        sa.ForeignKeyConstraint(["round_id"], ["appraisal_round.id"], name=op.f("fk_tally_round_id_appraisal_round")),
        sa.PrimaryKeyConstraint("round_id", "electorate", "question", "position", name=op.f("pk_tally")),
    )
    op.create_table(
        "unlock",
        sa.Column("session_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("key_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("person_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("blob", sa.LargeBinary(), nullable=False),
        sa.Column("why", sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
        sa.Column("until", portal.core.db.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["office_key.id"], name=op.f("fk_unlock_key_id_office_key")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_unlock_person_id_person")),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_unlock")),
    )
    op.create_table(
        "promise_photo",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("progress_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("promise_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("bytes_count", sa.Integer(), nullable=False),
        sa.Column("digest", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("small", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["progress_id"], ["promise_progress.id"], name=op.f("fk_promise_photo_progress_id_promise_progress")
        ),
        sa.ForeignKeyConstraint(["promise_id"], ["promise.id"], name=op.f("fk_promise_photo_promise_id_promise")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promise_photo")),
        sa.UniqueConstraint("progress_id", "number", name=op.f("uq_promise_photo_progress_id")),
    )
    with op.batch_alter_table("promise_photo", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_promise_photo_promise_id"), ["promise_id"], unique=False)

    dialect = op.get_bind().dialect.name
    for statement in (*ddl.statements(dialect), *statements(dialect)):
        op.execute(statement)


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("promise_photo", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_promise_photo_promise_id"))

    op.drop_table("promise_photo")
    op.drop_table("unlock")
    op.drop_table("tally")
    op.drop_table("ring_answers")
    with op.batch_alter_table("home_visit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_home_visit_round_id"))

    op.drop_table("home_visit")
    with op.batch_alter_table("review_paper", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_review_paper_flag_id"))

    op.drop_table("review_paper")
    op.drop_table("review_panel")
    op.drop_table("review_conflict")
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_review_subject_id"))

    op.drop_table("review")
    with op.batch_alter_table("record_version", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_record_version_state"))
        batch_op.drop_index(batch_op.f("ix_record_version_record_id"))

    op.drop_table("record_version")
    with op.batch_alter_table("record_step", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_record_step_record_id"))

    op.drop_table("record_step")
    op.drop_table("promise_version")
    op.drop_table("promise_progress")
    op.drop_table("promise_check")
    with op.batch_alter_table("office_key_loss", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_office_key_loss_place_id"))

    op.drop_table("office_key_loss")
    op.drop_table("office_key_copy")
    with op.batch_alter_table("objection", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_objection_state"))
        batch_op.drop_index(batch_op.f("ix_objection_record_id"))

    op.drop_table("objection")
    op.drop_table("flag_step_out")
    with op.batch_alter_table("flag_proposal", schema=None) as batch_op:
        batch_op.drop_index("uq_flag_proposal_waiting")
        batch_op.drop_index(batch_op.f("ix_flag_proposal_second_by"))
        batch_op.drop_index(batch_op.f("ix_flag_proposal_flag_id"))

    op.drop_table("flag_proposal")
    with op.batch_alter_table("flag_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_flag_event_flag_id"))

    op.drop_table("flag_event")
    op.drop_table("count_witness")
    op.drop_table("count_sheet")
    with op.batch_alter_table("clearing", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_clearing_village_id"))
        batch_op.drop_index(batch_op.f("ix_clearing_subject_id"))

    op.drop_table("clearing")
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attachment_record_id"))

    op.drop_table("attachment")
    with op.batch_alter_table("weekly_check", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_weekly_check_village_id"))

    op.drop_table("weekly_check")
    op.drop_table("week_count")
    with op.batch_alter_table("upload", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_upload_person_id"))
        batch_op.drop_index(batch_op.f("ix_upload_made_at"))

    op.drop_table("upload")
    with op.batch_alter_table("silent_village", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_silent_village_village_id"))

    op.drop_table("silent_village")
    op.drop_table("report_week")
    with op.batch_alter_table("report_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_report_request_published_on"))
        batch_op.drop_index(batch_op.f("ix_report_request_report_id"))
        batch_op.drop_index(batch_op.f("ix_report_request_place_id"))
        batch_op.drop_index(batch_op.f("ix_report_request_office_id"))

    op.drop_table("report_request")
    with op.batch_alter_table("report_opening", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_report_opening_report_id"))
        batch_op.drop_index(batch_op.f("ix_report_opening_place_id"))
        batch_op.drop_index(batch_op.f("ix_report_opening_person_id"))

    op.drop_table("report_opening")
    op.drop_table("report_erasure")
    op.drop_table("report_batch")
    with op.batch_alter_table("record", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_record_village_id"))
        batch_op.drop_index(batch_op.f("ix_record_state"))

    op.drop_table("record")
    op.drop_table("promise")
    with op.batch_alter_table("posting", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_posting_place_id"))
        batch_op.drop_index(batch_op.f("ix_posting_person_id"))

    op.drop_table("posting")
    with op.batch_alter_table("place_setting", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_place_setting_place_id"))

    op.drop_table("place_setting")
    with op.batch_alter_table("office_key", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_office_key_place_id"))
        batch_op.drop_index(batch_op.f("ix_office_key_next_id"))

    op.drop_table("office_key")
    with op.batch_alter_table("flag", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_flag_village_id"))
        batch_op.drop_index(batch_op.f("ix_flag_state"))

    op.drop_table("flag")
    with op.batch_alter_table("due_notice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_due_notice_village_id"))

    op.drop_table("due_notice")
    with op.batch_alter_table("digest", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_digest_place_id"))

    op.drop_table("digest")
    with op.batch_alter_table("desk_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_desk_session_person_id"))

    op.drop_table("desk_session")
    with op.batch_alter_table("appraisal_round", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_appraisal_round_village_id"))
        batch_op.drop_index(batch_op.f("ix_appraisal_round_state"))

    op.drop_table("appraisal_round")
    with op.batch_alter_table("place", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_place_path"))
        batch_op.drop_index(batch_op.f("ix_place_parent_id"))

    op.drop_table("place")
    op.drop_table("person")
    op.drop_table("log_payload")
    op.drop_table("log_entry")
    op.drop_table("job")

"""The first shape of the store `vault`."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    op.create_table(
        "receipt_pace",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_pace")),
    )
    op.create_table(
        "report",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("village_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("lookup", sa.LargeBinary(), nullable=False),
        sa.Column("reporter_pub", sa.LargeBinary(), nullable=False),
        sa.Column("week", sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
        sa.Column("category", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("channel", sqlmodel.sql.sqltypes.AutoString(length=5), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
        sa.Column("released", sa.Boolean(), nullable=False),
        sa.Column("to_town", sa.Boolean(), nullable=False),
        sa.Column("awaiting", sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
        sa.Column("escalated", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("outcome", sqlmodel.sql.sqltypes.AutoString(length=9), nullable=False),
        sa.Column("looked_week", sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
        sa.Column("accepted_week", sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
        sa.Column("extended_week", sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
        sa.Column("closed_week", sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
        sa.Column("closed_by", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("rated", sa.Integer(), nullable=False),
        sa.Column("rated_shown", sa.Integer(), nullable=False),
        sa.Column("reopened", sa.Boolean(), nullable=False),
        sa.Column("reopened_week", sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
        sa.Column("reviewed", sa.Boolean(), nullable=False),
        sa.Column("followed", sa.Integer(), nullable=False),
        sa.Column("asked_again", sa.Integer(), nullable=False),
        sa.Column("erased", sa.Boolean(), nullable=False),
        sa.Column("offline", sa.Boolean(), nullable=False),
        sa.Column("lost_week", sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
        sa.Column("cluster", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("commit_hash", sa.LargeBinary(), nullable=False),
        sa.Column("retry_tag", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("awaiting in ('', 'reporter', 'office')", name=op.f("ck_report_awaiting")),
        sa.CheckConstraint("channel in ('voice', 'open', 'paper')", name=op.f("ck_report_channel")),
        sa.CheckConstraint(
            "outcome in ('', 'founded', 'partly', 'unfounded', 'not_ours', 'unread')", name=op.f("ck_report_outcome")
        ),
        sa.CheckConstraint("state in ('received', 'looked', 'accepted', 'closed')", name=op.f("ck_report_state")),
        sa.CheckConstraint("severity between 0 and 5", name=op.f("ck_report_severity")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("lookup", name=op.f("uq_report_lookup")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_report_village_id"), ["village_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_report_week"), ["week"], unique=False)

    op.create_table(
        "message",
        sa.Column("report_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("direction", sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=9), nullable=False),
        sa.Column("place_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("week", sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
        sa.Column("released", sa.Boolean(), nullable=False),
        sa.Column("to_town", sa.Boolean(), nullable=False),
        sa.Column("tag", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("direction in ('in', 'out')", name=op.f("ck_message_direction")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_message_report_id_report")),
        sa.PrimaryKeyConstraint("report_id", "number", name=op.f("pk_message")),
        sa.UniqueConstraint("report_id", "tag", name=op.f("uq_message_report_id")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "particular",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("report_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("week", sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
        sa.Column("found_by", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("found_at", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("second_by", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("second_at", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("second_week", sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_particular_report_id_report")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_particular")),
        sa.UniqueConstraint("report_id", "kind", name=op.f("uq_particular_report_id")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("particular", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_particular_report_id"), ["report_id"], unique=False)

    op.create_table(
        "recusal",
        sa.Column("report_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("person_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("why", sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
        sa.CheckConstraint("why in ('waits', 'named', 'declared')", name=op.f("ck_recusal_why")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_recusal_report_id_report")),
        sa.PrimaryKeyConstraint("report_id", "person_id", name=op.f("pk_recusal")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "text_sketch",
        sa.Column("report_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("week", sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
        sa.Column("sketch", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_text_sketch_report_id_report")),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_text_sketch")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "report_body",
        sa.Column("report_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("reader", sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
        sa.Column("key_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("reader in ('town', 'district', 'reporter')", name=op.f("ck_report_body_reader")),
        sa.ForeignKeyConstraint(
            ["report_id", "number"],
            ["message.report_id", "message.number"],
            name=op.f("fk_report_body_report_id_message"),
        ),
        sa.PrimaryKeyConstraint("report_id", "number", "part", "reader", name=op.f("pk_report_body")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("report_body")
    op.drop_table("text_sketch")
    op.drop_table("recusal")
    with op.batch_alter_table("particular", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_particular_report_id"))

    op.drop_table("particular")
    op.drop_table("message")
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_report_week"))
        batch_op.drop_index(batch_op.f("ix_report_village_id"))

    op.drop_table("report")
    op.drop_table("receipt_pace")

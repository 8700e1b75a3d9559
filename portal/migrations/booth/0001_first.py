"""The first shape of the store `booth`."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

import portal.core.db

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    op.create_table(
        "credential",
        sa.Column("cred_hash", sa.LargeBinary(), nullable=False),
        sa.Column("round_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("electorate", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(length=6), nullable=False),
        sa.Column("retry_tag", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("state in ('issued', 'spent', 'void')", name=op.f("ck_credential_state")),
        sa.PrimaryKeyConstraint("cred_hash", name=op.f("pk_credential")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("credential", schema=None) as batch_op:
        batch_op.create_index("ix_credential_round_id", ["round_id", "electorate"], unique=False)

    op.create_table(
        "pool",
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("round_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("electorate", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.PrimaryKeyConstraint("sealed", name=op.f("pk_pool")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "round_state",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(length=6), nullable=False),
        sa.Column("box_pub", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("min_batch", sa.Integer(), nullable=False),
        sa.Column("opens_at", portal.core.db.UTCDateTime(), nullable=False),
        sa.Column("closes_at", portal.core.db.UTCDateTime(), nullable=False),
        sa.CheckConstraint("state in ('open', 'closed', 'void')", name=op.f("ck_round_state_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_state")),
    )
    op.create_table(
        "voice_slip",
        sa.Column("keyed_hash", sa.LargeBinary(), nullable=False),
        sa.Column("village_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("quarter", sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(length=6), nullable=False),
        sa.Column("retry_tag", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("state in ('issued', 'spent', 'void')", name=op.f("ck_voice_slip_state")),
        sa.PrimaryKeyConstraint("keyed_hash", name=op.f("pk_voice_slip")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("voice_slip", schema=None) as batch_op:
        batch_op.create_index("ix_voice_slip_village_id", ["village_id", "quarter"], unique=False)

    op.create_table(
        "void_code",
        sa.Column("void_hash", sa.LargeBinary(), nullable=False),
        sa.Column("cred_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("void_hash", name=op.f("pk_void_code")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("void_code")
    with op.batch_alter_table("voice_slip", schema=None) as batch_op:
        batch_op.drop_index("ix_voice_slip_village_id")

    op.drop_table("voice_slip")
    op.drop_table("round_state")
    op.drop_table("pool")
    with op.batch_alter_table("credential", schema=None) as batch_op:
        batch_op.drop_index("ix_credential_round_id")

    op.drop_table("credential")

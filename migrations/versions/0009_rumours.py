"""The rumour register: events, rumours, reports, confirmations, evidence, published versions, decisions on matches.

Revision 0009, after 0008.
"""

import sqlalchemy as sa
from alembic import op
from hub.kernel.db import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "rumour_event",
        sa.Column("id", sa.String(length=120), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("began_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("incident", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rumour_event")),
    )
    op.create_table(
        "rumour",
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("event_id", sa.String(length=120), nullable=True),
        sa.Column("claim", sa.JSON(), nullable=False),
        sa.Column("communes", sa.JSON(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("workflow", sa.String(length=20), nullable=False),
        sa.Column("merged_into", sa.String(length=12), nullable=True),
        sa.Column("assignee_id", sa.String(length=64), nullable=True),
        sa.Column("assignee_name", sa.String(length=120), nullable=False),
        sa.Column("assigned_at", UtcDateTime(), nullable=True),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("watched", sa.Boolean(), nullable=False),
        sa.Column("weights", sa.JSON(), nullable=False),
        sa.Column("priority", sa.Double(), nullable=False),
        sa.Column("band", sa.String(length=20), nullable=False),
        sa.Column("override_band", sa.String(length=20), nullable=True),
        sa.Column("override_reason", sa.Text(), nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=False),
        sa.Column("verdict_as_of", UtcDateTime(), nullable=True),
        sa.Column("verdict_valid_until", UtcDateTime(), nullable=True),
        sa.Column("confidence", sa.Integer(), nullable=True),
        sa.Column("response", sa.String(length=20), nullable=False),
        sa.Column("response_reason", sa.Text(), nullable=False),
        sa.Column("response_by", sa.String(length=120), nullable=False),
        sa.Column("review_at", UtcDateTime(), nullable=True),
        sa.Column("reopen_at_spread", sa.Integer(), nullable=True),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("proposed_kind", sa.String(length=20), nullable=True),
        sa.Column("proposed_by_id", sa.String(length=64), nullable=True),
        sa.Column("proposed_by_name", sa.String(length=120), nullable=False),
        sa.CheckConstraint(
            "response IN ('undecided', 'monitor', 'private', 'register', 'targeted', 'broadcast')",
            name=op.f("ck_rumour_response"),
        ),
        sa.CheckConstraint(
            "verdict IN ('true', 'mostly_true', 'misleading', 'mostly_false', 'false', 'unverifiable', 'not_known_yet')",
            name=op.f("ck_rumour_verdict"),
        ),
        sa.CheckConstraint(
            "workflow IN ('new', 'triaged', 'verifying', 'proposed', 'approved', 'closed', 'merged')",
            name=op.f("ck_rumour_workflow"),
        ),
        sa.ForeignKeyConstraint(["event_id"], ["rumour_event.id"], name=op.f("fk_rumour_event_id")),
        sa.ForeignKeyConstraint(["merged_into"], ["rumour.id"], name=op.f("fk_rumour_merged_into")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rumour")),
    )
    op.create_index("ix_rumour_changed_at", "rumour", ["changed_at"])
    op.create_index("ix_rumour_event_id", "rumour", ["event_id"])
    op.create_index("ix_rumour_queue", "rumour", ["workflow", "priority"])

    op.create_table(
        "report",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("rumour_id", sa.String(length=12), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("commune", sa.String(length=5), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("heard_on", sa.String(length=20), nullable=False),
        sa.Column("link", sa.String(length=2000), nullable=False),
        sa.Column("picture", sa.String(length=120), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=True),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("via", sa.String(length=20), nullable=False),
        sa.Column("by_kind", sa.String(length=20), nullable=False),
        sa.Column("by_id", sa.String(length=64), nullable=False),
        sa.Column("by_name", sa.String(length=120), nullable=False),
        sa.Column("tracking_hash", sa.String(length=64), nullable=False),
        sa.Column("contact_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("contact_until", UtcDateTime(), nullable=True),
        sa.Column("private_answer", sa.Text(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("state IN ('received', 'linked', 'not_a_claim', 'abuse')", name=op.f("ck_report_state")),
        sa.ForeignKeyConstraint(["rumour_id"], ["rumour.id"], name=op.f("fk_report_rumour_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("tracking_hash", name=op.f("uq_report_tracking_hash")),
    )
    op.create_index("ix_report_received_at", "report", ["received_at"])
    op.create_index("ix_report_rumour_id", "report", ["rumour_id"])
    op.create_index("ix_report_state", "report", ["state"])
    op.create_index("ix_report_text_hash", "report", ["text_hash"])

    op.create_table(
        "rumour_confirmation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rumour_id", sa.String(length=12), nullable=False),
        sa.Column("source_name", sa.String(length=120), nullable=False),
        sa.Column("organisation", sa.String(length=120), nullable=False),
        sa.Column("means", sa.String(length=20), nullable=False),
        sa.Column("supports", sa.Boolean(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("recorded_by", sa.String(length=120), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["rumour_id"], ["rumour.id"], name=op.f("fk_rumour_confirmation_rumour_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rumour_confirmation")),
    )
    op.create_index("ix_rumour_confirmation_rumour_id", "rumour_confirmation", ["rumour_id"])

    op.create_table(
        "rumour_evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rumour_id", sa.String(length=12), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("publisher", sa.String(length=120), nullable=False),
        sa.Column("address", sa.String(length=2000), nullable=False),
        sa.Column("archive", sa.String(length=120), nullable=False),
        sa.Column("archive_type", sa.String(length=120), nullable=False),
        sa.Column("archive_sha256", sa.String(length=64), nullable=False),
        sa.Column("archived_at", UtcDateTime(), nullable=True),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("recorded_by", sa.String(length=120), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["rumour_id"], ["rumour.id"], name=op.f("fk_rumour_evidence_rumour_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rumour_evidence")),
    )
    op.create_index("ix_rumour_evidence_rumour_id", "rumour_evidence", ["rumour_id"])

    op.create_table(
        "rumour_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rumour_id", sa.String(length=12), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=False),
        sa.Column("as_of", UtcDateTime(), nullable=False),
        sa.Column("valid_until", UtcDateTime(), nullable=True),
        sa.Column("published_at", UtcDateTime(), nullable=False),
        sa.Column("event_id", sa.String(length=120), nullable=True),
        sa.Column("communes", sa.JSON(), nullable=False),
        sa.Column("claim", sa.JSON(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("written_by", sa.String(length=120), nullable=False),
        sa.Column("approved_by", sa.String(length=120), nullable=False),
        sa.Column("publication_id", sa.String(length=32), nullable=True),
        sa.Column("channels", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('holding', 'answer', 'update', 'correction', 'withdrawal')", name=op.f("ck_rumour_version_kind")
        ),
        sa.CheckConstraint(
            "verdict IN ('true', 'mostly_true', 'misleading', 'mostly_false', 'false', 'unverifiable', 'not_known_yet')",
            name=op.f("ck_rumour_version_verdict"),
        ),
        sa.ForeignKeyConstraint(["rumour_id"], ["rumour.id"], name=op.f("fk_rumour_version_rumour_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rumour_version")),
        sa.UniqueConstraint("publication_id", name=op.f("uq_rumour_version_publication_id")),
        sa.UniqueConstraint("rumour_id", "number", name=op.f("uq_rumour_version_rumour_id_number")),
    )
    op.create_index("ix_rumour_version_event_id", "rumour_version", ["event_id"])
    op.create_index("ix_rumour_version_published_at", "rumour_version", ["published_at"])
    op.create_index("ix_rumour_version_verdict", "rumour_version", ["verdict"])

    op.create_table(
        "match_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.String(length=32), nullable=False),
        sa.Column("rumour_id", sa.String(length=12), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("similarity", sa.Double(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("automatic", sa.Boolean(), nullable=False),
        sa.Column("by_name", sa.String(length=120), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_match_decision_report_id")),
        sa.ForeignKeyConstraint(["rumour_id"], ["rumour.id"], name=op.f("fk_match_decision_rumour_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_decision")),
    )
    op.create_index("ix_match_decision_report_id", "match_decision", ["report_id"])


def downgrade():
    op.drop_index("ix_match_decision_report_id", table_name="match_decision")

    op.drop_table("match_decision")
    op.drop_index("ix_rumour_version_verdict", table_name="rumour_version")
    op.drop_index("ix_rumour_version_published_at", table_name="rumour_version")
    op.drop_index("ix_rumour_version_event_id", table_name="rumour_version")

    op.drop_table("rumour_version")
    op.drop_index("ix_rumour_evidence_rumour_id", table_name="rumour_evidence")

    op.drop_table("rumour_evidence")
    op.drop_index("ix_rumour_confirmation_rumour_id", table_name="rumour_confirmation")

    op.drop_table("rumour_confirmation")
    op.drop_index("ix_report_text_hash", table_name="report")
    op.drop_index("ix_report_state", table_name="report")
    op.drop_index("ix_report_rumour_id", table_name="report")
    op.drop_index("ix_report_received_at", table_name="report")

    op.drop_table("report")
    op.drop_index("ix_rumour_queue", table_name="rumour")
    op.drop_index("ix_rumour_changed_at", table_name="rumour")
    op.drop_index("ix_rumour_event_id", table_name="rumour")

    op.drop_table("rumour")
    op.drop_table("rumour_event")

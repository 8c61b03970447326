"""The ledger, whole."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from monitor.store.guards import guard, unguard

revision = "0001"
down_revision: str | None = None
branch_labels = None
depends_on = None

GUARDED = (
    "runs",
    "looks",
    "readings",
    "searches",
    "sightings",
    "reviews",
    "case_steps",
    "matcher_models",
    "notice_versions",
    "notice_imports",
    "feed_checks",
    "watch_samples",
    "notice_dates",
    "hand_listings",
    "page_decisions",
    "blind_samples",
    "blind_judgements",
    "background",
    "page_checks",
    "pictures",
    "relisting_reviews",
)


def upgrade() -> None:
    op.create_table(
        "background",
        sa.Column("background_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("listing_key", sa.String(), nullable=False),
        sa.Column("stands_for", sa.String(), nullable=False),
        sa.Column("marketplace", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("alike", sa.String(), nullable=False),
        sa.Column("candidates", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("rules_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("background_id", name=op.f("pk_background")),
        sa.UniqueConstraint("listing_key", "stands_for", name=op.f("uq_background_listing_key_stands_for")),
    )
    op.create_index(op.f("ix_background_listing_key"), "background", ["listing_key"], unique=False)
    op.create_index(op.f("ix_background_stands_for"), "background", ["stands_for"], unique=False)
    op.create_table(
        "case_steps",
        sa.Column("step_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("listing_key", sa.String(), nullable=False),
        sa.Column("notice_id", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("step_id", name=op.f("pk_case_steps")),
    )
    op.create_index("ix_case_steps_case", "case_steps", ["listing_key", "notice_id"], unique=False)
    op.create_table(
        "episodes",
        sa.Column("episode_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("listing_key", sa.String(), nullable=False),
        sa.Column("vantage", sa.String(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("spell", sa.Integer(), nullable=False),
        sa.Column("entity", sa.Integer(), nullable=False),
        sa.Column("first_on_sale_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_on_sale_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_off_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_look_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("causes", sa.String(), nullable=False),
        sa.Column("endpoint", sa.String(), nullable=False),
        sa.Column("last_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_down_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("down_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("takedown_cause", sa.String(), nullable=False),
        sa.Column("renamed", sa.Boolean(), nullable=False),
        sa.Column("unknown_looks_inside", sa.Integer(), nullable=False),
        sa.Column("looks", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("rules_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("episode_id", name=op.f("pk_episodes")),
        sa.UniqueConstraint("listing_key", "vantage", "ordinal", name=op.f("uq_episodes_listing_key_vantage_ordinal")),
    )
    op.create_index(op.f("ix_episodes_listing_key"), "episodes", ["listing_key"], unique=False)
    op.create_table(
        "feed_checks",
        sa.Column("check_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("http_status", sa.Integer(), nullable=True),
        sa.Column("etag", sa.String(), nullable=False),
        sa.Column("last_modified", sa.String(), nullable=False),
        sa.Column("listed_as", sa.String(), nullable=False),
        sa.Column("body_sha256", sa.String(), nullable=False),
        sa.Column("body_bytes", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("check_id", name=op.f("pk_feed_checks")),
    )
    op.create_index(op.f("ix_feed_checks_source"), "feed_checks", ["source"], unique=False)
    op.create_table(
        "fold_progress",
        sa.Column("progress_id", sa.Integer(), nullable=False),
        sa.Column("look_id", sa.Integer(), nullable=False),
        sa.Column("basis_sha256", sa.String(), nullable=False),
        sa.Column("rules_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("progress_id", name=op.f("pk_fold_progress")),
    )
    op.create_table(
        "hand_listings",
        sa.Column("hand_listing_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("listing_key", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("added_by", sa.String(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("hand_listing_id", name=op.f("pk_hand_listings")),
    )
    op.create_index(op.f("ix_hand_listings_listing_key"), "hand_listings", ["listing_key"], unique=False)
    op.create_table(
        "listings",
        sa.Column("listing_key", sa.String(), nullable=False),
        sa.Column("marketplace", sa.String(), nullable=False),
        sa.Column("listing_id", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("found_by", sa.String(), nullable=False),
        sa.Column("found_run_id", sa.String(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("listing_key", name=op.f("pk_listings")),
    )
    op.create_index(op.f("ix_listings_marketplace"), "listings", ["marketplace"], unique=False)
    op.create_table(
        "matcher_models",
        sa.Column("model_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("feature_table", sa.String(), nullable=False),
        sa.Column("parameters", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("report", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("trained_by", sa.String(), nullable=False),
        sa.Column("trained_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("model_id", name=op.f("pk_matcher_models")),
        sa.UniqueConstraint("version", name=op.f("uq_matcher_models_version")),
    )
    op.create_table(
        "matches",
        sa.Column("match_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("listing_key", sa.String(), nullable=False),
        sa.Column("notice_id", sa.String(), nullable=False),
        sa.Column("tier", sa.String(), nullable=False),
        sa.Column("relation", sa.String(), nullable=False),
        sa.Column("probability", sa.Double(), nullable=False),
        sa.Column("reasons", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("says", sa.String(), nullable=False),
        sa.Column("features", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("feature_table", sa.String(), nullable=False),
        sa.Column("second_opinion", sa.Double(), nullable=False),
        sa.Column("disagree", sa.Boolean(), nullable=False),
        sa.Column("rival_id", sa.String(), nullable=False),
        sa.Column("matcher_version", sa.String(), nullable=False),
        sa.Column("model_version", sa.String(), nullable=False),
        sa.Column("facts_sha256", sa.String(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("match_id", name=op.f("pk_matches")),
        sa.UniqueConstraint(
            "listing_key",
            "notice_id",
            "matcher_version",
            "model_version",
            "facts_sha256",
            name=op.f("uq_matches_listing_key_notice_id_matcher_version_model_version_facts_sha256"),
        ),
    )
    op.create_index(op.f("ix_matches_listing_key"), "matches", ["listing_key"], unique=False)
    op.create_index(op.f("ix_matches_notice_id"), "matches", ["notice_id"], unique=False)
    op.create_table(
        "notice_dates",
        sa.Column("notice_date_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("notice_key", sa.String(), nullable=False),
        sa.Column("row_sha256", sa.String(), nullable=False),
        sa.Column("listing", sa.String(), nullable=False),
        sa.Column("recall", sa.String(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("sent_by", sa.String(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_on", sa.Date(), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("notice_date_id", name=op.f("pk_notice_dates")),
        sa.UniqueConstraint("notice_key", "row_sha256", name=op.f("uq_notice_dates_notice_key_row_sha256")),
    )
    op.create_index(op.f("ix_notice_dates_listing"), "notice_dates", ["listing"], unique=False)
    op.create_index(op.f("ix_notice_dates_notice_key"), "notice_dates", ["notice_key"], unique=False)
    op.create_index(op.f("ix_notice_dates_platform"), "notice_dates", ["platform"], unique=False)
    op.create_index(op.f("ix_notice_dates_recall"), "notice_dates", ["recall"], unique=False)
    op.create_table(
        "notice_identifiers",
        sa.Column("identifier_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("notice_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("normalised", sa.String(), nullable=False),
        sa.Column("provenance", sa.String(), nullable=False),
        sa.Column("span", sa.Text(), nullable=False),
        sa.Column("valid", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("identifier_id", name=op.f("pk_notice_identifiers")),
    )
    op.create_index("ix_notice_identifiers_kind_normalised", "notice_identifiers", ["kind", "normalised"], unique=False)
    op.create_index(op.f("ix_notice_identifiers_notice_id"), "notice_identifiers", ["notice_id"], unique=False)
    op.create_table(
        "notice_imports",
        sa.Column("import_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("file_sha256", sa.String(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("refused", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("unchanged_ids", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("import_id", name=op.f("pk_notice_imports")),
    )
    op.create_index(op.f("ix_notice_imports_file_sha256"), "notice_imports", ["file_sha256"], unique=False)
    op.create_index(op.f("ix_notice_imports_source"), "notice_imports", ["source"], unique=False)
    op.create_table(
        "notice_links",
        sa.Column("link_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("notice_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("span", sa.Text(), nullable=False),
        sa.Column("tied_id", sa.String(), nullable=False),
        sa.Column("tied_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("link_id", name=op.f("pk_notice_links")),
    )
    op.create_index(op.f("ix_notice_links_notice_id"), "notice_links", ["notice_id"], unique=False)
    op.create_index(op.f("ix_notice_links_target"), "notice_links", ["target"], unique=False)
    op.create_index(op.f("ix_notice_links_tied_id"), "notice_links", ["tied_id"], unique=False)
    op.create_table(
        "notices",
        sa.Column("notice_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("authority", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("published_on", sa.String(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content_sha256", sa.String(), nullable=False),
        sa.Column("brand_text", sa.Text(), nullable=False),
        sa.Column("url_key", sa.String(), nullable=False),
        sa.Column("hazard_text", sa.Text(), nullable=False),
        sa.Column("country_text", sa.Text(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("notice", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("notice_id", name=op.f("pk_notices")),
    )
    op.create_index(op.f("ix_notices_authority"), "notices", ["authority"], unique=False)
    op.create_index(op.f("ix_notices_kind"), "notices", ["kind"], unique=False)
    op.create_index(op.f("ix_notices_number"), "notices", ["number"], unique=False)
    op.create_index(op.f("ix_notices_published_on"), "notices", ["published_on"], unique=False)
    op.create_index(op.f("ix_notices_url_key"), "notices", ["url_key"], unique=False)
    op.create_table(
        "phrases",
        sa.Column("phrase_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("notice_id", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("strategy", sa.String(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("phrase_id", name=op.f("pk_phrases")),
    )
    op.create_index(op.f("ix_phrases_notice_id"), "phrases", ["notice_id"], unique=False)
    op.create_index(
        "uq_phrases_open",
        "phrases",
        ["notice_id", "text", "language"],
        unique=True,
        sqlite_where=sa.text("removed_at IS NULL"),
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_table(
        "readings",
        sa.Column("reading_sha256", sa.String(), nullable=False),
        sa.Column("reading", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("reading_sha256", name=op.f("pk_readings")),
    )
    op.create_table(
        "relistings",
        sa.Column("relisting_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("old_listing_key", sa.String(), nullable=False),
        sa.Column("new_listing_key", sa.String(), nullable=False),
        sa.Column("agreements", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("conflicts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("says", sa.String(), nullable=False),
        sa.Column("old_version", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("new_version", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("facts_sha256", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("rules_version", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("relisting_id", name=op.f("pk_relistings")),
        sa.UniqueConstraint(
            "old_listing_key",
            "new_listing_key",
            "rules_version",
            "facts_sha256",
            name=op.f("uq_relistings_old_listing_key_new_listing_key_rules_version_facts_sha256"),
        ),
    )
    op.create_index(op.f("ix_relistings_new_listing_key"), "relistings", ["new_listing_key"], unique=False)
    op.create_index(op.f("ix_relistings_old_listing_key"), "relistings", ["old_listing_key"], unique=False)
    op.create_table(
        "remembered",
        sa.Column("listing_key", sa.String(), nullable=False),
        sa.Column("notice_ids", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("vantage", sa.String(), nullable=False),
        sa.Column("ended_after_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("prints", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("pictures_read", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("rules_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("listing_key", name=op.f("pk_remembered")),
    )
    op.create_table(
        "runs",
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("folder", sa.String(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finish_reason", sa.String(), nullable=False),
        sa.Column("manifest_sha256", sa.String(), nullable=False),
        sa.Column("previous_manifest_sha256", sa.String(), nullable=False),
        sa.Column("protocol_sha256", sa.String(), nullable=False),
        sa.Column("slots_planned", sa.Integer(), nullable=False),
        sa.Column("ingested_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_runs")),
        sa.UniqueConstraint("manifest_sha256", name=op.f("uq_runs_manifest_sha256")),
    )
    op.create_table(
        "standings",
        sa.Column("listing_key", sa.String(), nullable=False),
        sa.Column("vantage", sa.String(), nullable=False),
        sa.Column("newest_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_look_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_standing", sa.String(), nullable=False),
        sa.Column("unknown_in_a_row", sa.Integer(), nullable=False),
        sa.Column("last_clear_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_clear_look_id", sa.Integer(), nullable=True),
        sa.Column("titled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("titled_look_id", sa.Integer(), nullable=True),
        sa.Column("listed_on", sa.String(), nullable=False),
        sa.Column("visits", sa.Integer(), nullable=False),
        sa.Column("first_visit_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_visit_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("episode_id", sa.Integer(), nullable=True),
        sa.Column("page", sa.String(), nullable=False),
        sa.Column("fold", sa.String(), nullable=False),
        sa.Column("rules_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("listing_key", "vantage", name=op.f("pk_standings")),
    )
    op.create_table(
        "watch_samples",
        sa.Column("sample_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("seed", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("filters", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("population_sha256", sa.String(), nullable=False),
        sa.Column("notice_ids", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drawn_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("sample_id", name=op.f("pk_watch_samples")),
    )
    op.create_index(op.f("ix_watch_samples_seed"), "watch_samples", ["seed"], unique=False)
    op.create_table(
        "watchlist",
        sa.Column("watch_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("notice_id", sa.String(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("chosen_by", sa.String(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.String(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("watch_id", name=op.f("pk_watchlist")),
    )
    op.create_index(op.f("ix_watchlist_notice_id"), "watchlist", ["notice_id"], unique=False)
    op.create_index(
        "uq_watchlist_open",
        "watchlist",
        ["notice_id"],
        unique=True,
        sqlite_where=sa.text("removed_at IS NULL"),
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_table(
        "look_counts",
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("marketplace", sa.String(), nullable=False),
        sa.Column("vantage", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("quarantined", sa.String(), nullable=False),
        sa.Column("looks", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.run_id"], name=op.f("fk_look_counts_run_id")),
        sa.PrimaryKeyConstraint(
            "run_id",
            "marketplace",
            "vantage",
            "purpose",
            "outcome",
            "state",
            "quarantined",
            name=op.f("pk_look_counts"),
        ),
    )
    op.create_table(
        "looks",
        sa.Column("look_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("slot_id", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("control", sa.String(), nullable=False),
        sa.Column("listing_key", sa.String(), nullable=False),
        sa.Column("marketplace", sa.String(), nullable=False),
        sa.Column("vantage", sa.String(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("took_ms", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("http_status", sa.Integer(), nullable=True),
        sa.Column("final_url", sa.String(), nullable=False),
        sa.Column("body_sha256", sa.String(), nullable=False),
        sa.Column("warc_record_id", sa.String(), nullable=False),
        sa.Column("reading_sha256", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["reading_sha256"], ["readings.reading_sha256"], name=op.f("fk_looks_reading_sha256")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.run_id"], name=op.f("fk_looks_run_id")),
        sa.PrimaryKeyConstraint("look_id", name=op.f("pk_looks")),
        sa.UniqueConstraint("run_id", "slot_id", name=op.f("uq_looks_run_id_slot_id")),
    )
    op.create_index("ix_looks_listing_vantage_at", "looks", ["listing_key", "vantage", "looked_at"], unique=False)
    op.create_table(
        "notice_versions",
        sa.Column("version_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("notice_id", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content_sha256", sa.String(), nullable=False),
        sa.Column("content", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["notice_imports.import_id"], name=op.f("fk_notice_versions_import_id")),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_notice_versions")),
        sa.UniqueConstraint(
            "notice_id",
            "source",
            "seen_at",
            "content_sha256",
            name=op.f("uq_notice_versions_notice_id_source_seen_at_content_sha256"),
        ),
    )
    op.create_index(op.f("ix_notice_versions_notice_id"), "notice_versions", ["notice_id"], unique=False)
    op.create_index("ix_notice_versions_source_notice", "notice_versions", ["source", "notice_id"], unique=False)
    op.create_table(
        "page_checks",
        sa.Column("check_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("slot_id", sa.String(), nullable=False),
        sa.Column("commitment_id", sa.String(), nullable=False),
        sa.Column("obligation_id", sa.String(), nullable=False),
        sa.Column("marketplace", sa.String(), nullable=False),
        sa.Column("vantage", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("http_status", sa.Integer(), nullable=True),
        sa.Column("final_url", sa.String(), nullable=False),
        sa.Column("body_sha256", sa.String(), nullable=False),
        sa.Column("warc_record_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("rules_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.run_id"], name=op.f("fk_page_checks_run_id")),
        sa.PrimaryKeyConstraint("check_id", name=op.f("pk_page_checks")),
        sa.UniqueConstraint("run_id", "slot_id", name=op.f("uq_page_checks_run_id_slot_id")),
    )
    op.create_index(op.f("ix_page_checks_commitment_id"), "page_checks", ["commitment_id"], unique=False)
    op.create_table(
        "pictures",
        sa.Column("picture_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("slot_id", sa.String(), nullable=False),
        sa.Column("listing_key", sa.String(), nullable=False),
        sa.Column("notice_id", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("http_status", sa.Integer(), nullable=True),
        sa.Column("body_sha256", sa.String(), nullable=False),
        sa.Column("body_bytes", sa.Integer(), nullable=False),
        sa.Column("warc_record_id", sa.String(), nullable=False),
        sa.Column("trouble", sa.String(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("quality", sa.Integer(), nullable=False),
        sa.Column("hashes", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("hashing_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.run_id"], name=op.f("fk_pictures_run_id")),
        sa.PrimaryKeyConstraint("picture_id", name=op.f("pk_pictures")),
        sa.UniqueConstraint("run_id", "slot_id", name=op.f("uq_pictures_run_id_slot_id")),
    )
    op.create_index(op.f("ix_pictures_listing_key"), "pictures", ["listing_key"], unique=False)
    op.create_index(op.f("ix_pictures_notice_id"), "pictures", ["notice_id"], unique=False)
    op.create_index(op.f("ix_pictures_url"), "pictures", ["url"], unique=False)
    op.create_table(
        "relisting_reviews",
        sa.Column("review_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("relisting_id", sa.Integer(), nullable=False),
        sa.Column("old_listing_key", sa.String(), nullable=False),
        sa.Column("new_listing_key", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("reviewer", sa.String(), nullable=False),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("shown", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["relisting_id"], ["relistings.relisting_id"], name=op.f("fk_relisting_reviews_relisting_id")
        ),
        sa.PrimaryKeyConstraint("review_id", name=op.f("pk_relisting_reviews")),
    )
    op.create_index(
        op.f("ix_relisting_reviews_new_listing_key"), "relisting_reviews", ["new_listing_key"], unique=False
    )
    op.create_index(
        op.f("ix_relisting_reviews_old_listing_key"), "relisting_reviews", ["old_listing_key"], unique=False
    )
    op.create_index(op.f("ix_relisting_reviews_relisting_id"), "relisting_reviews", ["relisting_id"], unique=False)
    op.create_table(
        "reviews",
        sa.Column("review_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("match_id", sa.Integer(), nullable=False),
        sa.Column("listing_key", sa.String(), nullable=False),
        sa.Column("notice_id", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("tier", sa.String(), nullable=False),
        sa.Column("reviewer", sa.String(), nullable=False),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("shown", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["match_id"], ["matches.match_id"], name=op.f("fk_reviews_match_id")),
        sa.PrimaryKeyConstraint("review_id", name=op.f("pk_reviews")),
    )
    op.create_index(op.f("ix_reviews_listing_key"), "reviews", ["listing_key"], unique=False)
    op.create_index(op.f("ix_reviews_match_id"), "reviews", ["match_id"], unique=False)
    op.create_table(
        "run_controls",
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("marketplace", sa.String(), nullable=False),
        sa.Column("vantage", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("rules_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.run_id"], name=op.f("fk_run_controls_run_id")),
        sa.PrimaryKeyConstraint("run_id", "marketplace", "vantage", name=op.f("pk_run_controls")),
    )
    op.create_table(
        "searches",
        sa.Column("search_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("slot_id", sa.String(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("marketplace", sa.String(), nullable=False),
        sa.Column("vantage", sa.String(), nullable=False),
        sa.Column("phrase_id", sa.String(), nullable=False),
        sa.Column("query", sa.String(), nullable=False),
        sa.Column("searched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("hits", sa.Integer(), nullable=False),
        sa.Column("warc_record_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.run_id"], name=op.f("fk_searches_run_id")),
        sa.PrimaryKeyConstraint("search_id", name=op.f("pk_searches")),
        sa.UniqueConstraint("run_id", "slot_id", "page", name=op.f("uq_searches_run_id_slot_id_page")),
    )
    op.create_index(op.f("ix_searches_phrase_id"), "searches", ["phrase_id"], unique=False)
    op.create_table(
        "blind_samples",
        sa.Column("sample_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("week", sa.String(), nullable=False),
        sa.Column("look_id", sa.Integer(), nullable=False),
        sa.Column("marketplace", sa.String(), nullable=False),
        sa.Column("seed", sa.String(), nullable=False),
        sa.Column("drawn_from", sa.Integer(), nullable=False),
        sa.Column("drawn_by", sa.String(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["look_id"], ["looks.look_id"], name=op.f("fk_blind_samples_look_id")),
        sa.PrimaryKeyConstraint("sample_id", name=op.f("pk_blind_samples")),
        sa.UniqueConstraint("week", "look_id", name=op.f("uq_blind_samples_week_look_id")),
    )
    op.create_index(op.f("ix_blind_samples_look_id"), "blind_samples", ["look_id"], unique=False)
    op.create_index(op.f("ix_blind_samples_week"), "blind_samples", ["week"], unique=False)
    op.create_table(
        "judgements",
        sa.Column("look_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("rules_version", sa.Integer(), nullable=False),
        sa.Column("reader_version", sa.Integer(), nullable=False),
        sa.Column("signature", sa.String(), nullable=False),
        sa.Column("says", sa.String(), nullable=False),
        sa.Column("quarantined", sa.String(), nullable=False),
        sa.Column("reading_sha256", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["look_id"], ["looks.look_id"], name=op.f("fk_judgements_look_id")),
        sa.ForeignKeyConstraint(
            ["reading_sha256"], ["readings.reading_sha256"], name=op.f("fk_judgements_reading_sha256")
        ),
        sa.PrimaryKeyConstraint("look_id", name=op.f("pk_judgements")),
    )
    op.create_index(op.f("ix_judgements_state"), "judgements", ["state"], unique=False)
    op.create_table(
        "page_decisions",
        sa.Column("decision_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("look_id", sa.Integer(), nullable=False),
        sa.Column("marketplace", sa.String(), nullable=False),
        sa.Column("signature", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("layout", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("page_sha256", sa.String(), nullable=False),
        sa.Column("warc_record_id", sa.String(), nullable=False),
        sa.Column("confirmation", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["look_id"], ["looks.look_id"], name=op.f("fk_page_decisions_look_id")),
        sa.PrimaryKeyConstraint("decision_id", name=op.f("pk_page_decisions")),
    )
    op.create_index(op.f("ix_page_decisions_look_id"), "page_decisions", ["look_id"], unique=False)
    op.create_index(
        "ix_page_decisions_subject", "page_decisions", ["marketplace", "signature", "state", "layout"], unique=False
    )
    op.create_table(
        "sightings",
        sa.Column("sighting_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("search_id", sa.Integer(), nullable=False),
        sa.Column("listing_key", sa.String(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("card", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["search_id"], ["searches.search_id"], name=op.f("fk_sightings_search_id")),
        sa.PrimaryKeyConstraint("sighting_id", name=op.f("pk_sightings")),
    )
    op.create_index(op.f("ix_sightings_listing_key"), "sightings", ["listing_key"], unique=False)
    op.create_index(op.f("ix_sightings_search_id"), "sightings", ["search_id"], unique=False)
    op.create_table(
        "blind_judgements",
        sa.Column("judgement_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("sample_id", sa.Integer(), nullable=False),
        sa.Column("person_says", sa.String(), nullable=False),
        sa.Column("crawler_said", sa.String(), nullable=False),
        sa.Column("page_sha256", sa.String(), nullable=False),
        sa.Column("judged_by", sa.String(), nullable=False),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["sample_id"], ["blind_samples.sample_id"], name=op.f("fk_blind_judgements_sample_id")),
        sa.PrimaryKeyConstraint("judgement_id", name=op.f("pk_blind_judgements")),
    )
    op.create_index(op.f("ix_blind_judgements_sample_id"), "blind_judgements", ["sample_id"], unique=False)
    guard(op.get_bind(), GUARDED)


def downgrade() -> None:
    unguard(op.get_bind(), GUARDED)
    op.drop_index(op.f("ix_blind_judgements_sample_id"), table_name="blind_judgements")
    op.drop_table("blind_judgements")
    op.drop_index(op.f("ix_sightings_search_id"), table_name="sightings")
    op.drop_index(op.f("ix_sightings_listing_key"), table_name="sightings")
    op.drop_table("sightings")
    op.drop_index("ix_page_decisions_subject", table_name="page_decisions")
    op.drop_index(op.f("ix_page_decisions_look_id"), table_name="page_decisions")
    op.drop_table("page_decisions")
    op.drop_index(op.f("ix_judgements_state"), table_name="judgements")
    op.drop_table("judgements")
    op.drop_index(op.f("ix_blind_samples_week"), table_name="blind_samples")
    op.drop_index(op.f("ix_blind_samples_look_id"), table_name="blind_samples")
    op.drop_table("blind_samples")
    op.drop_index(op.f("ix_searches_phrase_id"), table_name="searches")
    op.drop_table("searches")
    op.drop_table("run_controls")
    op.drop_index(op.f("ix_reviews_match_id"), table_name="reviews")
    op.drop_index(op.f("ix_reviews_listing_key"), table_name="reviews")
    op.drop_table("reviews")
    op.drop_index(op.f("ix_relisting_reviews_relisting_id"), table_name="relisting_reviews")
    op.drop_index(op.f("ix_relisting_reviews_old_listing_key"), table_name="relisting_reviews")
    op.drop_index(op.f("ix_relisting_reviews_new_listing_key"), table_name="relisting_reviews")
    op.drop_table("relisting_reviews")
    op.drop_index(op.f("ix_pictures_url"), table_name="pictures")
    op.drop_index(op.f("ix_pictures_notice_id"), table_name="pictures")
    op.drop_index(op.f("ix_pictures_listing_key"), table_name="pictures")
    op.drop_table("pictures")
    op.drop_index(op.f("ix_page_checks_commitment_id"), table_name="page_checks")
    op.drop_table("page_checks")
    op.drop_index("ix_notice_versions_source_notice", table_name="notice_versions")
    op.drop_index(op.f("ix_notice_versions_notice_id"), table_name="notice_versions")
    op.drop_table("notice_versions")
    op.drop_index("ix_looks_listing_vantage_at", table_name="looks")
    op.drop_table("looks")
    op.drop_table("look_counts")
    op.drop_index(
        "uq_watchlist_open",
        table_name="watchlist",
        sqlite_where=sa.text("removed_at IS NULL"),
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.drop_index(op.f("ix_watchlist_notice_id"), table_name="watchlist")
    op.drop_table("watchlist")
    op.drop_index(op.f("ix_watch_samples_seed"), table_name="watch_samples")
    op.drop_table("watch_samples")
    op.drop_table("standings")
    op.drop_table("runs")
    op.drop_table("remembered")
    op.drop_index(op.f("ix_relistings_old_listing_key"), table_name="relistings")
    op.drop_index(op.f("ix_relistings_new_listing_key"), table_name="relistings")
    op.drop_table("relistings")
    op.drop_table("readings")
    op.drop_index(
        "uq_phrases_open",
        table_name="phrases",
        sqlite_where=sa.text("removed_at IS NULL"),
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.drop_index(op.f("ix_phrases_notice_id"), table_name="phrases")
    op.drop_table("phrases")
    op.drop_index(op.f("ix_notices_url_key"), table_name="notices")
    op.drop_index(op.f("ix_notices_published_on"), table_name="notices")
    op.drop_index(op.f("ix_notices_number"), table_name="notices")
    op.drop_index(op.f("ix_notices_kind"), table_name="notices")
    op.drop_index(op.f("ix_notices_authority"), table_name="notices")
    op.drop_table("notices")
    op.drop_index(op.f("ix_notice_links_tied_id"), table_name="notice_links")
    op.drop_index(op.f("ix_notice_links_target"), table_name="notice_links")
    op.drop_index(op.f("ix_notice_links_notice_id"), table_name="notice_links")
    op.drop_table("notice_links")
    op.drop_index(op.f("ix_notice_imports_source"), table_name="notice_imports")
    op.drop_index(op.f("ix_notice_imports_file_sha256"), table_name="notice_imports")
    op.drop_table("notice_imports")
    op.drop_index(op.f("ix_notice_identifiers_notice_id"), table_name="notice_identifiers")
    op.drop_index("ix_notice_identifiers_kind_normalised", table_name="notice_identifiers")
    op.drop_table("notice_identifiers")
    op.drop_index(op.f("ix_notice_dates_recall"), table_name="notice_dates")
    op.drop_index(op.f("ix_notice_dates_platform"), table_name="notice_dates")
    op.drop_index(op.f("ix_notice_dates_notice_key"), table_name="notice_dates")
    op.drop_index(op.f("ix_notice_dates_listing"), table_name="notice_dates")
    op.drop_table("notice_dates")
    op.drop_index(op.f("ix_matches_notice_id"), table_name="matches")
    op.drop_index(op.f("ix_matches_listing_key"), table_name="matches")
    op.drop_table("matches")
    op.drop_table("matcher_models")
    op.drop_index(op.f("ix_listings_marketplace"), table_name="listings")
    op.drop_table("listings")
    op.drop_index(op.f("ix_hand_listings_listing_key"), table_name="hand_listings")
    op.drop_table("hand_listings")
    op.drop_table("fold_progress")
    op.drop_index(op.f("ix_feed_checks_source"), table_name="feed_checks")
    op.drop_table("feed_checks")
    op.drop_index(op.f("ix_episodes_listing_key"), table_name="episodes")
    op.drop_table("episodes")
    op.drop_index("ix_case_steps_case", table_name="case_steps")
    op.drop_table("case_steps")
    op.drop_index(op.f("ix_background_stands_for"), table_name="background")
    op.drop_index(op.f("ix_background_listing_key"), table_name="background")
    op.drop_table("background")

"""The tables of a database archive, as the newest migration leaves them."""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, Integer, MetaData, Table, Text, UniqueConstraint, text

metadata = MetaData()

reports = Table(
    "reports",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("claim", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("digest", Text, nullable=False),
    Column("rulebook", Text, nullable=False),
    Column("pipeline", Text, nullable=False),
    Column("made_at", Text, nullable=False),  # ISO 8601, like every moment here: SQLite has no type that keeps the zone
    Column("body", Text, nullable=False),  # canonical JSON
    UniqueConstraint("tenant", "claim", "revision", "digest", "rulebook", "pipeline", name="one_verification"),
)

sightings = Table(
    "sightings",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("item", Text, nullable=False),
    Column("claim", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("program", Text, nullable=False),
    Column("partner", Text, nullable=False),
    Column("submitted_at", Text),
    Column("digest", Text, nullable=False),
    Column("page", Integer, nullable=False),  # -1: an item without pages
    Column("trace", Text),  # JSON
    UniqueConstraint("tenant", "claim", "revision", "item", "digest", "page", name="one_sighting"),
)
Index("sightings_by_digest", sightings.c.tenant, sightings.c.digest)

audit = Table(
    "audit",
    metadata,
    Column("sequence", Integer, primary_key=True),
    Column("at", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", Text, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("run", Text, nullable=False),  # a batch run's; "" for a portal's job
    Column("claim_id", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("updated_at", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("key", Text),
    Column("attempts", Integer, nullable=False),
    Column("lease", Text),  # who works on it, until when
    Column("lease_until", Text),
    Column("claim", Text, nullable=False),  # JSON, as are the deposits and the problem
    Column("deposits", Text, nullable=False),
    Column("problem", Text),
    UniqueConstraint("tenant", "key", name="one_job_per_key"),
)
Index("jobs_by_state", jobs.c.state, jobs.c.run, jobs.c.created_at)
Index("jobs_by_claim", jobs.c.tenant, jobs.c.claim_id, jobs.c.revision)
Index(
    "one_job_per_line",
    *(jobs.c.tenant, jobs.c.run, jobs.c.claim_id, jobs.c.revision),
    unique=True,
    sqlite_where=text("run <> ''"),
)

keys = Table(
    "keys",
    metadata,
    Column("id", Text, primary_key=True),  # the public part of an API key
    Column("tenant", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("revoked_at", Text),
)

users = Table(
    "users",
    metadata,
    Column("name", Text, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("disabled_at", Text),
)

sessions = Table(
    "sessions",
    metadata,
    Column("hash", Text, primary_key=True),  # of the cookie's token: who reads the database cannot sign in
    Column("user", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("expires_at", Text, nullable=False),
)

decisions = Table(
    "decisions",
    metadata,
    Column("sequence", Integer, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("claim", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("item", Text, nullable=False),  # "": the whole claim
    Column("report", Text, nullable=False),  # the digest of the report that was decided from
    Column("outcome", Text, nullable=False),
    Column("amount", Text),
    Column("reason", Text, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("decided_at", Text, nullable=False),
    Column("undoes", Integer),  # the sequence of the decision that this one takes back
)
Index("decisions_by_claim", decisions.c.tenant, decisions.c.claim)

link_events = Table(
    "link_events",
    metadata,
    Column("sequence", Integer, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("claim", Text, nullable=False),  # whose report is reopened: the one that was submitted later
    Column("revision", Integer, nullable=False),
    Column("item", Text, nullable=False),
    Column("earlier_claim", Text, nullable=False),  # submitted earlier, and filed later
    Column("earlier_item", Text, nullable=False),
    Column("likeness", Text, nullable=False),
    Column("agreement", Float, nullable=False),
    Column("at", Text, nullable=False),
    UniqueConstraint("tenant", "item", "earlier_item", name="one_link"),
)
Index("link_events_by_claim", link_events.c.tenant, link_events.c.claim)

tombstones = Table(
    "tombstones",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("sequence", Integer, primary_key=True),  # of the sighting that nothing is compared with any more
    Column("at", Text, nullable=False),
)

artwork = Table(
    "artwork",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("program", Text, primary_key=True),
    Column("digest", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("traces", Text, nullable=False),  # JSON, one of each page
    Column("added_at", Text, nullable=False),
)

shared_lists = Table(
    "shared_lists",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("salt", Text, nullable=False),  # "": the hashes are plain
    Column("blob", Text, nullable=False),  # the list as it was imported
    Column("imported_at", Text, nullable=False),
    Column("hashes", Integer, nullable=False),
)

identities = Table(
    "identities",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("value", Text, primary_key=True),  # its hash: serial numbers are personal data
    Column("sequence", Integer, primary_key=True),  # of the sighting that carries it
    Column("number", Integer),  # in a roll
)
Index("identities_by_sighting", identities.c.tenant, identities.c.sequence)

brand_kits = Table(
    "brand_kits",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("brand", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("body", Text, nullable=False),  # JSON; "": from this version on the brand is looked for no more
    Column("at", Text, nullable=False),
    Column("by", Text, nullable=False),
)

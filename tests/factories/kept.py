"""The rows of every table, kept in memory and put back: many tests begin with the same ones."""

from dataclasses import dataclass

from psycopg import Connection
from psycopg.sql import SQL, Identifier

from compliance_app.run.postgres import Server

_TABLES = """
    SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'django_migrations'
"""
_SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE last_value IS NOT NULL"


@dataclass(frozen=True, slots=True)
class Kept:
    rows: dict[str, bytes]
    sequences: dict[str, object]


def kept(server: Server) -> Kept:
    """What was committed, as superuser."""
    with server.connect() as admin:
        tables = [str(table) for (table,) in admin.execute(_TABLES).fetchall()]
        sequences = [(str(name), value) for name, value in admin.execute(_SEQUENCES).fetchall()]
        return Kept({table: _copied(admin, table) for table in tables}, dict(sequences))


def put_back(server: Server, kept: Kept) -> None:
    """Into empty tables, without triggers: the rows passed them when they were made."""
    with server.connect() as admin, admin.transaction():
        admin.execute("SET LOCAL session_replication_role = replica")
        for table, rows in kept.rows.items():
            statement = SQL("COPY {} FROM STDIN (FORMAT binary)").format(Identifier(table))
            with admin.cursor().copy(statement) as copy:
                copy.write(rows)
        for sequence, value in kept.sequences.items():
            admin.execute("SELECT setval(%s, %s)", (sequence, value))


def _copied(admin: Connection, table: str) -> bytes:
    statement = SQL("COPY {} TO STDOUT (FORMAT binary)").format(Identifier(table))
    with admin.cursor().copy(statement) as copy:
        return b"".join(copy)

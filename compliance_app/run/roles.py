"""The database roles, made once by whoever may: the embedded server's bootstrap or a DBA."""

import re
from uuid import UUID

OWNER = "verbatim_owner"
APP = "verbatim_app"
REACH = "verbatim_reach"
BI = "verbatim_bi"
_NAME = re.compile(r"bi_[a-z0-9_]{1,40}", re.ASCII)


def statements(*, database: str, owner_password: str, app_password: str) -> list[str]:
    """SQL for a superuser connected to `database`; safe to run again.

    `owner` migrates, `app` runs, `reach` (no sign-in, past row-level security) owns the few
    SECURITY DEFINER functions: one owned by the owner would see no row under FORCE. `bi` (no
    sign-in) may read the views of the schema of that name, for the tenant of whoever signed in.
    """
    return [
        _role(OWNER, f"LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD {_quoted(owner_password)}"),
        _role(APP, f"LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD {_quoted(app_password)}"),
        _role(REACH, "NOLOGIN NOSUPERUSER BYPASSRLS"),
        _role(BI, "NOLOGIN NOSUPERUSER NOBYPASSRLS"),
        f"GRANT {REACH} TO {OWNER}",
        f'REVOKE ALL ON DATABASE "{database}" FROM PUBLIC',
        f'GRANT CONNECT ON DATABASE "{database}" TO {APP}, {OWNER}, {BI}',
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        f"GRANT USAGE, CREATE ON SCHEMA public TO {OWNER}, {REACH}",
        f"GRANT USAGE ON SCHEMA public TO {APP}",
        f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} IN SCHEMA public "
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APP}",
        f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} IN SCHEMA public "
        f"GRANT USAGE, SELECT ON SEQUENCES TO {APP}",
        f"CREATE SCHEMA IF NOT EXISTS bi AUTHORIZATION {OWNER}",
        f"GRANT USAGE ON SCHEMA bi TO {BI}",
    ]


def reader(*, name: str, tenant_id: UUID, password: str) -> list[str]:
    """SQL for a superuser that makes a role which reads one tenant's views; safe to run again.

    Which tenant that is stands in `bi.reader`, which the role can neither read nor write:
    `app.tenant`, which every session can set, only has to be the same. Raises ValueError.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"the role {name[:40]!r} was refused: write bi_ and small letters, digits")
    return [
        _role(name, f"LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE PASSWORD {_quoted(password)}"),
        f"GRANT {BI} TO {name}",
        f"ALTER ROLE {name} SET app.tenant = '{tenant_id}'",
        f"ALTER ROLE {name} SET search_path = bi",
        f"ALTER ROLE {name} SET default_transaction_read_only = on",
        f"INSERT INTO bi.reader (role, tenant) VALUES ('{name}', '{tenant_id}') "  # noqa: S608 # a name and an id that were checked
        "ON CONFLICT (role) DO UPDATE SET tenant = excluded.tenant",
    ]


def _role(name: str, attributes: str) -> str:
    return (
        "DO $role$ BEGIN "
        f"IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{name}') THEN "
        f"CREATE ROLE {name}; END IF; END $role$; ALTER ROLE {name} {attributes}"
    )


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"

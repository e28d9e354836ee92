"""The three database roles, made once by whoever may: the embedded server's bootstrap or a DBA."""

OWNER = "verbatim_owner"
APP = "verbatim_app"
REACH = "verbatim_reach"


def statements(*, database: str, owner_password: str, app_password: str) -> list[str]:
    """SQL for a superuser connected to `database`; safe to run again.

    `owner` migrates, `app` runs, `reach` (no sign-in, past row-level security) owns the few
    SECURITY DEFINER functions: one owned by the owner would see no row under FORCE.
    """
    return [
        _role(OWNER, f"LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD {_quoted(owner_password)}"),
        _role(APP, f"LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD {_quoted(app_password)}"),
        _role(REACH, "NOLOGIN NOSUPERUSER BYPASSRLS"),
        f"GRANT {REACH} TO {OWNER}",
        f'REVOKE ALL ON DATABASE "{database}" FROM PUBLIC',
        f'GRANT CONNECT ON DATABASE "{database}" TO {APP}, {OWNER}',
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        f"GRANT USAGE, CREATE ON SCHEMA public TO {OWNER}, {REACH}",
        f"GRANT USAGE ON SCHEMA public TO {APP}",
        f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} IN SCHEMA public "
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APP}",
        f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} IN SCHEMA public "
        f"GRANT USAGE, SELECT ON SEQUENCES TO {APP}",
    ]


def _role(name: str, attributes: str) -> str:
    return (
        "DO $role$ BEGIN "
        f"IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{name}') THEN "
        f"CREATE ROLE {name}; END IF; END $role$; ALTER ROLE {name} {attributes}"
    )


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"

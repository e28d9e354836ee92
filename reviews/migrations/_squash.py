"""Many migrations as one: a fresh database gets the tables at once as the last of them left them.

Django draws its models anew at each step, and the more tables stand the longer that takes: the
steps need half a minute, this needs seconds. Nothing is written twice: the tables come from the
state that the steps end in, all else from their own operations. `make schema` compares both ways.

To take in later steps, name them in the squashed migration and rename it after the last of them.
"""

from importlib import import_module
from typing import Any

from django.db.migrations import CreateModel, RunSQL
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from reviews.migrations._rls import EnableRLS

LABEL = "reviews"


class CreateTables(Operation):
    """The tables, and then row-level security: under FORCE references could not be checked."""

    reversible = True

    def __init__(self, tables: list[CreateModel], walls: list[EnableRLS]) -> None:
        self.tables = tables
        self.walls = walls

    def describe(self) -> str:
        return f"Create {len(self.tables)} tables at once"

    def state_forwards(self, app_label: str, state: Any) -> None:
        vars(state).pop("apps", None)  # drawn once more when asked for, not for each table
        for table in self.tables:
            table.state_forwards(app_label, state)

    def database_forwards(self, app_label: str, editor: Any, before: Any, after: Any) -> None:
        for table in self.tables:
            table.database_forwards(app_label, editor, before, after)
        for statement in editor.deferred_sql:  # indexes, and references between the tables
            editor.execute(statement)
        editor.deferred_sql.clear()
        for wall in self.walls:
            wall.add_key(app_label, editor, after)
        for wall in self.walls:
            wall.secure(app_label, editor, after)

    def database_backwards(self, app_label: str, editor: Any, before: Any, after: Any) -> None:
        for wall in self.walls:
            wall.drop_references(app_label, editor, before)
        for table in reversed(self.tables):
            table.database_backwards(app_label, editor, before, after)


def squash(names: list[tuple[str, str]]) -> list[Operation]:
    """What the migrations of these names do to an empty database."""
    steps = [
        step
        for _, name in names
        for step in import_module(f"reviews.migrations.{name}").Migration.operations
    ]
    state = ProjectState()
    for step in steps:
        step.state_forwards(LABEL, state)
    tables = [
        CreateModel(one.name, list(one.fields.items()), one.options, one.bases, one.managers)
        for one in state.models.values()
    ]
    # Walls give every reference of the last state its tenant, those that came later, too; rows,
    # which RunPython changes, there are none.
    walls = [step for step in steps if isinstance(step, EnableRLS)]
    return [CreateTables(tables, walls), *(step for step in steps if isinstance(step, RunSQL))]

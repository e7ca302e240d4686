"""The subcommands of `motcua`, each a few lines that read the settings and call one function."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from engine.command_line import accounts, checking, publishing, tracing, working
from engine.command_line.check_command import check
from engine.command_line.console import language, say
from engine.command_line.environment import sessions_on, settings_with_database, utc_now
from engine.command_line.refusing import refuse_plainly
from engine.command_line.run_command import run
from engine.command_line.serving import web_command
from engine.database import make_engine
from engine.database.migrating import expected_revision
from engine.database.migrating import migrate as migrate_database
from engine.demonstration import is_empty, load_demonstration, sign_in_table
from engine.dossiers.incidents import open_incidents
from engine.dossiers.standing import without_owner
from engine.logs import configure_logs
from engine.organisation.models import Role
from engine.organisation.queries import person_by_username


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """One-stop administrative procedures: run, serve and look after the system."""
    configure_logs()


main.add_command(check)
main.add_command(run)


@main.command()
@refuse_plainly
def serve() -> None:
    """Start the web server alone, on a database that is migrated and published."""
    settings = settings_with_database()
    command = web_command(settings)
    os.execve(  # noqa: S606 - becomes the server, so that signals reach it
        command[0], command, {**os.environ, "MOTCUA_DATABASE_URL": settings.database_url}
    )


@main.command()
@refuse_plainly
def worker() -> None:
    """Start one background worker; any number may run, on any number of machines."""
    working.work(settings_with_database())


@main.command()
@refuse_plainly
def migrate() -> None:
    """Bring the database to the tables that this version needs."""
    settings = settings_with_database()
    engine = make_engine(settings.database_url, pool_size=1)
    migrate_database(engine)
    engine.dispose()
    say(f"The database is at revision {expected_revision()}.")


@main.command()
@click.option(
    "--processes", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Default: MOTCUA_PROCESSES."
)
@refuse_plainly
def publish(processes: Path | None) -> None:
    """Publish organisation, calendars and procedures; a broken file stops only itself (exit code 1)."""
    settings = settings_with_database()
    with sessions_on(settings) as sessions:
        findings = publishing.publish_everything(sessions, utc_now(), processes or settings.processes)
    sys.exit(checking.exit_code(findings))


@main.command()
@refuse_plainly
def demo() -> None:
    """Create the demo people and dossiers in an empty, migrated system."""
    settings = settings_with_database()
    with sessions_on(settings) as sessions:
        if not is_empty(sessions):
            raise click.ClickException("There are people or dossiers already; the demo is only for an empty system.")
        publishing.publish_everything(sessions, utc_now(), settings.processes)
        number = load_demonstration(sessions, utc_now(), settings.processes)
        say(f"{number} demo dossiers were made.")
        say(sign_in_table(sessions, language()))


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--process", "process_id", help="Id of the process to run; default: the main one.")
@click.option("--data", help="JSON object (or a file with one): the first variables.")
@click.option("--messages", help="JSON list (or a file with one) of names or {name, payload, at, after}.")
@click.option("--until", help="ISO moment at which the simulated clock stops.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def trace(
    file: Path, process_id: str | None, data: str | None, messages: str | None, until: str | None, form: str
) -> None:
    """Run a diagram without a dossier under a simulated clock. Exit code 0: it ran, 1: refused, 2: cannot be read."""
    sys.exit(tracing.run(file, process_id, data, messages, until, form, language()))


@main.command()
@refuse_plainly
def doctor() -> None:
    """List dossiers that nobody can move on (no owner, no dated wait) and open incidents. Exit code 1 if any."""
    with sessions_on(settings_with_database()) as sessions, sessions() as session:
        orphans, failed = without_owner(session, utc_now()), open_incidents(session)
    for orphan in orphans:
        say(f"{orphan.number}: {orphan.vi if language() == 'vi' else orphan.en}")
    for one in failed:
        reason = one.reason_vi if language() == "vi" else one.reason_en
        say(
            f"{one.dossier.number or one.dossier.reference}: {reason} ({one.attempts}x, {one.first_at:%Y-%m-%d %H:%M}Z)"
        )
    if not orphans and not failed:
        say("Every open dossier has an owner or a dated wait, and there is no incident.")
    sys.exit(1 if orphans or failed else 0)


@main.command()
@click.argument("username")
@click.option("--unit", required=True, help="Code of the unit, for example TTPVHCC.")
@click.option("--role", required=True, type=click.Choice([str(role) for role in Role]))
@click.option("--name", default="", help="Full name; asked for when the account is new.")
@refuse_plainly
def account(username: str, unit: str, role: str, name: str) -> None:
    """Create an account with a role, or give an existing account one more; the password is asked for, never shown."""
    with sessions_on(settings_with_database()) as sessions, sessions.begin() as session:
        person = person_by_username(session, username)
        if person is not None:
            accounts.extend_account(session, utc_now(), person, unit, Role(role))
            say(f"{person.full_name} is now also {role} in {unit}.")
            return
        full_name = name or click.prompt("Full name")
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
        accounts.open_account(session, utc_now(), username, full_name, password, unit, Role(role))
        say(f"Account {username} created: {role} in {unit}.")


@main.command("account-close")
@click.argument("username")
@refuse_plainly
def account_close(username: str) -> None:
    """Switch an account off at once: sessions, tokens and roles end, and its open tasks go back to their queues."""
    with sessions_on(settings_with_database()) as sessions:
        released = accounts.close_account(sessions, utc_now(), username)
    say(f"Account {username} is closed. Tasks given back to their queues: {len(released)}.")
    for line in released:
        say(f"  {line}")


@main.command("account-revoke")
@click.argument("username")
@click.option("--unit", required=True, help="Code of the unit, for example TTPVHCC.")
@click.option("--role", required=True, type=click.Choice([str(role) for role in Role]))
@refuse_plainly
def account_revoke(username: str, unit: str, role: str) -> None:
    """End one role of an account at once; the open tasks taken in it go back to their queues."""
    with sessions_on(settings_with_database()) as sessions:
        released = accounts.end_role(sessions, utc_now(), username, unit, Role(role))
    say(f"Account {username} is no longer {role} in {unit}. Tasks given back to their queues: {len(released)}.")
    for line in released:
        say(f"  {line}")

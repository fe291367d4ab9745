"""``health``: asks the running bot how it is; the probe of a container."""

from __future__ import annotations

import http.client
import json
from typing import Annotated

import typer

from modelus_bot.cli.outcome import ExitCode
from modelus_bot.cli.setting_up import JsonOption, settings_of
from modelus_bot.cli.terminal import print_json
from modelus_bot.runtime.os_errors import in_words

__all__ = ["health"]

EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what listens everywhere is asked here


def health(
    context: typer.Context,
    strict: Annotated[
        bool, typer.Option("--strict", help="A bot whose database is not well counts as not well, too.")
    ] = False,
    seconds: Annotated[
        float, typer.Option("--seconds", min=0.1, max=60, help="How long the answer may take.")
    ] = 3.0,
    as_json: JsonOption = False,
) -> None:
    """Ask the bot that runs on this machine how it is.

    Exits with 0 when it is ready, or degraded and not asked strictly; with 1 when it is starting, closed,
    or does not answer. It is asked at metrics.host and metrics.port.
    """
    metrics = settings_of(context).metrics
    if metrics.serve == "off" or not metrics.port:
        why = (
            "metrics.serve is off"
            if metrics.serve == "off"
            else "metrics.port is 0, so the port is not known"
        )
        typer.echo(f"The bot cannot be asked: {why}.", err=True)
        raise typer.Exit(ExitCode.CONFIGURATION)
    host = EVERYWHERE.get(metrics.host, metrics.host)
    connection = http.client.HTTPConnection(host, metrics.port, timeout=seconds)
    try:
        connection.request("GET", f"/health?strict={int(strict)}")
        response = connection.getresponse()
        said = json.loads(response.read(100_000))
    except (OSError, http.client.HTTPException, ValueError) as error:
        why = f"No bot answers at {host}, port {metrics.port}: {in_words(error)}."
        if as_json:
            print_json({"ok": False, "status": "no answer", "cause": why})
        typer.echo(why, err=True)
        raise typer.Exit(ExitCode.FAILED) from error
    finally:
        connection.close()
    cause = said.get("cause") if isinstance(said, dict) else None
    status = said.get("status", "unknown") if isinstance(said, dict) else "unknown"
    if as_json:
        more = said if isinstance(said, dict) else {}
        print_json({"ok": response.status == http.client.OK, "status": status, "cause": cause} | more)
    else:
        typer.echo(f"{status}: {cause}" if cause else str(status))
    if response.status != http.client.OK:
        raise typer.Exit(ExitCode.FAILED)

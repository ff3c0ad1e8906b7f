"""The command `ipygenesys`: arguments in, exit code out."""

from __future__ import annotations

import argparse
import importlib.metadata
import sys
from collections.abc import Sequence
from pathlib import Path

from ipygenesys.commands import relay, test
from ipygenesys.commands.demo import TUTORIALS
from ipygenesys.commands.numbers import port, seconds, speed


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns:
        0 when it did what was asked, 1 when it could not, 2 for a wrong command line.
    """
    options = parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except KeyboardInterrupt:
        return 130


def parser() -> argparse.ArgumentParser:
    """All commands and their options."""
    top = argparse.ArgumentParser(
        prog="ipygenesys", description="A live Genesys Cloud conversation in a notebook cell. Unofficial."
    )
    top.add_argument("--version", action="version", version=importlib.metadata.version("ipygenesys"))
    commands = top.add_subparsers(metavar="COMMAND")

    def run_help(_: argparse.Namespace) -> int:
        top.print_help(sys.stderr)
        return 2

    top.set_defaults(run=run_help)

    demo = commands.add_parser(
        "demo",
        help="open the quickstart notebook on a simulated conversation; no account needed",
        description="Opens JupyterLab on a copy of the quickstart notebook. The other side is the built-in simulator.",
    )
    shown = demo.add_mutually_exclusive_group()
    shown.add_argument("--voila", action="store_true", help="show the Voilà dashboard instead")
    shown.add_argument(
        "--notebook",
        metavar="NAME",
        choices=TUTORIALS,
        help=f"open another one: {', '.join(TUTORIALS[1:])}",
    )
    demo.add_argument(
        "--dashboard",
        choices=("conversation", "supervisor"),
        default=None,
        help="which one: of a conversation (default with --voila), or a supervisor's of a busy hour",
    )
    demo.add_argument("--no-browser", action="store_true", help="print the address, open nothing")
    demo.add_argument(
        "--port", type=port, default=0, metavar="N", help="port to listen on (default: a free one)"
    )
    demo.add_argument(
        "--check", action="store_true", help="run the quickstart headless, say what happened, and exit"
    )
    demo.set_defaults(run=run_demo)

    simulate = commands.add_parser(
        "simulate",
        help="run the simulator alone",
        description="Runs the simulator until Ctrl-C. The first line on stdout is one JSON object with its addresses.",
    )
    simulate.add_argument(
        "--port", type=port, default=0, metavar="N", help="port to listen on (default: a free one)"
    )
    simulate.add_argument(
        "--scenario",
        metavar="NAME",
        default="greeting",
        help="how the other side behaves: greeting (default), slow_agent, out_of_order, dropped_connection, "
        "rate_limited, rich, busy_hour (an organisation with queues and agents) or manual",
    )
    simulate.add_argument(
        "--seed", type=int, default=0, metavar="N", help="the same seed gives the same conversation"
    )
    simulate.add_argument(
        "--dialogue",
        metavar="FILE",
        help='JSON list of ["agent" | "customer" | "action", text] turns, or a dialogue of the package: bank_card, '
        "retail_return or travel_delay",
    )
    simulate.add_argument("--bot", metavar="FILE", help="a bot's flow (YAML) in place of the agent")
    simulate.add_argument(
        "--speed",
        type=speed,
        default=1.0,
        metavar="X",
        help="how many times faster than a person (default: 1)",
    )
    simulate.add_argument(
        "--person",
        choices=("agent", "customer", "both"),
        default="agent",
        help="whom it plays (default: agent)",
    )
    simulate.add_argument(
        "--conversations",
        type=int,
        metavar="N",
        help="how many there are before any guest comes (default: 1), or at the same time in a busy_hour (200)",
    )
    simulate.set_defaults(run=run_simulate)

    test.add_to(commands)
    relay.add_to(commands)

    redact = commands.add_parser(
        "redact",
        help="take the secrets out of a HAR or a recording, so that it can be sent to somebody",
        description="Writes a HAR, DevTools protocol events, a recording or other JSON again without tokens, cookies, "
        "signed addresses and the like. A browser's own sanitized export still holds the guest's token in every message.",
    )
    redact.add_argument("file", type=Path, metavar="FILE")
    redact.add_argument(
        "-o", "--output", type=Path, metavar="OUT", help="where to (default: beside it, as NAME.redacted.har)"
    )
    redact.set_defaults(run=run_redact)

    doctor = commands.add_parser(
        "doctor",
        help="check a connection to Genesys Cloud or to a simulator, step by step",
        description="Tries each step of a connection and says what came back and what to do. Exit code 1 if one failed.",
        epilog=(
            "Secrets come from the environment only: GENESYS_ACCESS_TOKEN, or GENESYS_CLIENT_ID and "
            "GENESYS_CLIENT_SECRET, or GENESYS_CLIENT_ID with --login. A guest (web-messaging) needs none. A viewer of a relay "
            "has GENESYS_RELAY_URL and, where the relay wants it, GENESYS_RELAY_TOKEN."
        ),
    )
    doctor.add_argument(
        "--protocol",
        choices=("messaging-events", "web-messaging", "agent-messaging"),
        help="default: web-messaging with --deployment-id, messaging-events with --environment, else agent-messaging",
    )
    doctor.add_argument("--region", metavar="NAME", help="such as eu_west_1")
    doctor.add_argument("--domain", metavar="DOMAIN", help="such as mypurecloud.ie, for a region that is new")
    doctor.add_argument("--base-url", metavar="URL", help="a gateway or a simulator in place of all hosts")
    doctor.add_argument("--environment", metavar="NAME", help="of messaging-events, such as us-east-1")
    doctor.add_argument("--deployment-id", metavar="ID", help="of web-messaging")
    doctor.add_argument(
        "--origin", metavar="ORIGIN", help="of web-messaging, for a deployment that restricts it"
    )
    doctor.add_argument(
        "--conversation-id", metavar="ID", help="of the two others; without it, no stream is opened"
    )
    doctor.add_argument(
        "--relay",
        nargs="?",
        const="",
        metavar="URL",
        help="examine a relay as a viewer finds it (without URL: GENESYS_RELAY_URL), with --conversation-id or --inbox",
    )
    doctor.add_argument("--inbox", metavar="NAME", help="of a relay: an upstream's name")
    doctor.add_argument("--login", action="store_true", help="log in as a person, in the browser")
    doctor.add_argument(
        "--redirect-port",
        type=port,
        default=8765,
        metavar="N",
        help="where the login comes back to (default: 8765)",
    )
    doctor.add_argument(
        "--patience",
        type=seconds,
        default=40.0,
        metavar="SECONDS",
        help="how long to wait for the first heartbeat (default: 40)",
    )
    doctor.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    doctor.set_defaults(run=run_doctor)

    replay = commands.add_parser(
        "replay",
        help="play a recorded conversation to the terminal, and write its transcript",
        description=(
            "Plays what chat.record() has written, to the state that was recorded; nothing is sent. Exit code 1 if the file "
            "cannot be played, or comes to another state."
        ),
    )
    replay.add_argument("file", metavar="FILE", help="a recording")
    replay.add_argument(
        "--speed",
        type=speed,
        default=float("inf"),
        metavar="N",
        help="1 is as it was, 10 ten times as fast (default: as fast as it goes)",
    )
    replay.add_argument(
        "--export",
        metavar="OUT",
        help="write the transcript here: .json, .csv, .md or .html by its ending; or .har, what went over the wire",
    )
    replay.add_argument(
        "--conversation",
        metavar="ID",
        help="of a file with several conversations, which one (default: that with most messages)",
    )
    replay.set_defaults(run=run_replay)
    return top


def run_demo(options: argparse.Namespace) -> int:
    if options.check:
        from ipygenesys.commands import demo_check

        return demo_check.check()
    from ipygenesys.commands import demo

    return demo.run(
        voila=options.voila,
        dashboard=options.dashboard,
        notebook=options.notebook,
        open_browser=not options.no_browser,
        port=options.port,
    )


def run_simulate(options: argparse.Namespace) -> int:
    try:
        from ipygenesys.simulator import command
    except ImportError as error:
        print(error, file=sys.stderr)
        return 1
    return command.simulate(
        port=options.port,
        scenario=options.scenario,
        seed=options.seed,
        dialogue=options.dialogue,
        bot=options.bot,
        speed=options.speed,
        person=options.person,
        conversations=options.conversations,
    )


def run_redact(options: argparse.Namespace) -> int:
    from ipygenesys.commands import redact

    return redact.run(options.file, options.output)


def run_doctor(options: argparse.Namespace) -> int:
    from ipygenesys.commands.doctor import command as doctor

    return doctor.run(options)


def run_replay(options: argparse.Namespace) -> int:
    from ipygenesys.commands import replay

    return replay.run(
        options.file,
        speed=options.speed,
        export_to=options.export,
        conversation_id=options.conversation,
    )

"""Makes ``python -m ipygenesys.simulator`` run the simulator alone."""

from __future__ import annotations

import argparse

from ipygenesys.simulator.command import simulate
from ipygenesys.simulator.person.scenarios import SCENARIOS


def main() -> int:
    """Parses the arguments and serves."""
    parser = argparse.ArgumentParser(prog="python -m ipygenesys.simulator", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes any free port")
    parser.add_argument("--scenario", choices=list(SCENARIOS), default="greeting")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--dialogue", help="a packaged dialogue's name or a JSON file")
    parser.add_argument("--speed", type=float, default=1.0, help="10 makes the person ten times as fast")
    parser.add_argument(
        "--person", choices=("agent", "customer", "both"), default="agent", help="whom it plays"
    )
    return simulate(**vars(parser.parse_args()))


if __name__ == "__main__":
    raise SystemExit(main())

"""`python -m tests.hosts`: one scenario in each host, in an environment of its own; a table of what was seen."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.hosts.catalogue import HOSTS, Host
from tests.hosts.environments import environment, wheel
from tests.hosts.tour import Outcome, visit
from tests.tools import chromium, works_in


def row(host: Host, seen: Outcome) -> works_in.Seen:
    return works_in.Seen(host.name, host.version, "; ".join(filter(None, (seen.words(), host.remark))))


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="poe hosts", description=__doc__)
    parser.add_argument("only", nargs="*", metavar="HOST", help=", ".join(each.name for each in HOSTS))
    parser.add_argument("--write", action="store_true", help="renew their rows of the README's table")
    options = parser.parse_args(arguments)
    rows, is_fine = [], True
    with tempfile.TemporaryDirectory(prefix="hosts-") as name, sync_playwright() as playwright:
        folder = Path(name)
        built = wheel(folder)
        browser = playwright.chromium.launch(executable_path=chromium.ensure(), args=chromium.LAUNCH_ARGS)
        for host in HOSTS:
            if options.only and host.name not in options.only:
                continue
            print(f"{host.name} {host.version}", flush=True)
            seen = visit(browser, host, environment(host.name, host.packages, built, host.of_pages))
            after = "" if seen.gone_after_s is None else f"; nothing left after {seen.gone_after_s:.0f} s"
            print(f"  {seen.words()}{after}", flush=True)
            rows.append(row(host, seen))
            is_fine &= seen.missing.keys() == set(host.cannot)
        browser.close()
    print(works_in.table("", rows))
    if options.write:
        works_in.write(rows)
    return 0 if is_fine else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

"""`python -m tests.engines`: the view's main situations in Firefox and in WebKitGTK, as Debian has them; as root."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from tests.engines.bench import Bench, served
from tests.engines.browsers import ENGINES, Engine
from tests.engines.drivers import DriverError
from tests.engines.situations import ALL
from tests.tools import works_in
from tests.tools.screen import Screen, install


def look(engine: Engine, names: list[str], folder: Path) -> tuple[list[str], list[str]]:
    """What holds in this engine, and what does not; each is said as it is seen."""
    missing: list[str] = []
    remarks = [engine.remark] if engine.remark else []
    with Screen(folder) as screen, served() as address:
        engine.start(screen, folder)
        print(f"{engine.name} {engine.version}", flush=True)
        bench = Bench(engine, screen, address, folder)
        for name in names:
            try:
                remark = ALL[name](bench)
                remarks += [remark] if remark else []
                print(f"  {name}: holds{f' ({remark})' if remark else ''}", flush=True)
            except (AssertionError, DriverError) as error:
                missing.append(name)
                print(f"  {name}: does NOT hold: {error}", flush=True)
        engine.end()
    return missing, remarks


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="poe engines", description=__doc__)
    parser.add_argument("only", nargs="*", metavar="SITUATION", help=", ".join(ALL))
    parser.add_argument("--engine", choices=[each.name for each in ENGINES])
    parser.add_argument("--write", action="store_true", help="renew their rows of the README's table")
    options = parser.parse_args(arguments)
    rows, is_fine = [], True
    for kind in ENGINES:
        if options.engine not in (None, kind.name):
            continue
        install(*kind.packages)
        folder = Path(tempfile.mkdtemp(prefix="engine-"))
        engine = kind()
        missing, remarks = look(engine, options.only or list(ALL), folder)
        is_fine &= not missing
        words = "; ".join(["all" if not missing else f"**not** {', '.join(missing)}", *remarks])
        rows.append(works_in.Seen(engine.name, engine.version, words))
        shutil.rmtree(folder, ignore_errors=True)
    print(works_in.table("", rows))
    if options.write and not options.only:
        works_in.write(rows)
    return 0 if is_fine else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

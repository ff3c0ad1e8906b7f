"""`python -m ipygenesys` is the command `ipygenesys`."""

from ipygenesys.commands.cli import main

if __name__ == "__main__":
    raise SystemExit(main())

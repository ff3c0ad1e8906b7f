"""`python -m ipygenesys` is the command `ipygenesys`."""

from ipygenesys.cli import main

if __name__ == "__main__":
    raise SystemExit(main())

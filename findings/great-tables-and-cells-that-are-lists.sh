#!/usr/bin/env bash
# great-tables 1.1.0 and buckaroo 0.15.11 (PyPI), which show tables in notebooks, pandas 3.1.1 and polars 2.1.0: a table of messages whose
# column "files" holds a list in each cell, as tables of conversations have it.
# Expected: the list in brackets, as pandas itself shows it; the same from pandas and from polars.
# Seen: great-tables shows the polars table. Of pandas' it shows lists of exactly one, and ends in a ValueError for an empty list and for
# two, where the table is shown, not where it is made: each cell is asked whether it is missing, and pandas answers for a list with
# an answer for each of its elements. buckaroo cannot be imported: it needs six, which none of what it asks for brings any more.
# Fails if that changes. Needs Python 3.11 or newer; no network after the installation.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet great-tables==1.1.0 buckaroo==0.15.11 pandas==3.1.1 polars==2.1.0
"$folder/venv/bin/python" - <<'PY' | tee "$folder/seen"
import html
import re

import pandas as pd
import polars as pl
from great_tables import GT


def cells(page):
    found = re.findall(r"<td[^>]*>(.*?)</td>", page, re.DOTALL)
    return ", ".join(html.unescape(cell) for cell in found)


for files in ([], ["bill.pdf"], ["bill.pdf", "photo.png"]):
    table = pd.DataFrame({"text": ["Here"], "files": [files]})
    print("pandas:", cells(table.to_html()))
    shown = GT(table)
    try:
        print("great-tables of pandas:", cells(shown.as_raw_html()))
    except ValueError as error:
        print("great-tables of pandas:", type(error).__name__)
    print("great-tables of polars:", cells(GT(pl.DataFrame({"text": ["Here"], "files": [files]})).as_raw_html()))
try:
    import buckaroo  # noqa: F401
except ModuleNotFoundError as error:
    print("buckaroo:", error)
PY
diff "$folder/seen" - <<'SEEN'
pandas: Here, []
great-tables of pandas: ValueError
great-tables of polars: Here, []
pandas: Here, [bill.pdf]
great-tables of pandas: Here, ['bill.pdf']
great-tables of polars: Here, ['bill.pdf']
pandas: Here, [bill.pdf, photo.png]
great-tables of pandas: ValueError
great-tables of polars: Here, ['bill.pdf', 'photo.png']
buckaroo: No module named 'six'
SEEN
echo "as written above"

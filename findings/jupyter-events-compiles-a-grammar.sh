#!/usr/bin/env bash
# jupyter-events 0.12.1, which every Jupyter Server needs, asks for jsonschema 4.26.0 (PyPI) with its extra format-nongpl, and
# so for rfc3987-syntax 1.1.0 and lark 1.3.1. nbformat 5.11.1, nbclient and jupyter_server import jsonschema.
# Expected: `import nbformat` only makes names known; what checks an international address is made when a schema asks for it.
# Seen: the import builds 39 Earley parsers of the grammar of RFC 3987, one a term, whether or not a schema has such a format
# (nbformat's have none): 2 of the 2.7 s of CPU that the import took on a machine with two slow cores, in each server, each nbconvert and
# each test's process. Without rfc3987-syntax, which jsonschema does not insist on, nbformat checks notebooks as before.
# Fails if that changes. Needs Python 3.11 or newer.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet jupyter-events==0.12.1 jsonschema==4.26.0 rfc3987-syntax==1.1.0 lark==1.3.1 nbformat==5.11.1
cat >"$folder/count.py" <<'PY'
import importlib.util

made = []
if importlib.util.find_spec("lark"):
    import lark

    build = lark.Lark.__init__

    def counted(self, *arguments, **options):
        made.append(options.get("parser"))
        build(self, *arguments, **options)

    lark.Lark.__init__ = counted

import nbformat

nbformat.validate(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")]))
print(f"parsers built: {len(made)} {set(made) or str()}".strip())
PY
{
  "$folder/venv/bin/python" "$folder/count.py"
  "$folder/venv/bin/pip" uninstall --quiet --yes rfc3987-syntax
  "$folder/venv/bin/python" "$folder/count.py"
} | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
parsers built: 39 {'earley'}
parsers built: 0
SEEN
echo "as written above"

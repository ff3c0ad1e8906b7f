#!/usr/bin/env bash
# nb-clean 5.0.0 and nbstripout 0.9.1 (PyPI) and a notebook that was saved with the state of its widgets: an output that shows
# one, and what it holds in metadata.widgets, such as the text of a conversation.
# Expected: who cleans a notebook before it is shared has none of it left; who keeps the outputs keeps what they show.
# Seen: nb-clean takes the output and leaves the state, with the text, and `nb-clean check` then calls the file clean; nbstripout
# takes both, and takes the state also where it is told to keep outputs, so that these show nothing any more.
# Fails if that changes. Needs Python 3.11 or newer; no network after the installation.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet nb-clean==5.0.0 nbstripout==0.9.1 nbformat==5.11.1
cd "$folder"
cat > notebook.py <<'PY'
import json
import sys

import nbformat
from nbformat.v4 import new_code_cell, new_notebook, new_output

VIEW, STATE = (f"application/vnd.jupyter.widget-{kind}+json" for kind in ("view", "state"))
if sys.argv[1] == "make":
    version = {"version_major": 2, "version_minor": 0}
    model = {"model_name": "TextModel", "model_module": "@jupyter-widgets/controls", "model_module_version": "2.0.0"}
    notebook = new_notebook(cells=[new_code_cell("box", execution_count=1)])
    shown = {VIEW: {**version, "model_id": "1"}, "text/plain": "Text"}
    notebook.cells[0].outputs = [new_output("execute_result", shown, execution_count=1)]
    notebook.metadata.widgets = {STATE: {**version, "state": {"1": {**model, "state": {"value": "words of a customer"}}}}}
    nbformat.validate(notebook)
    nbformat.write(notebook, "saved.ipynb")
else:
    found = json.load(open(sys.argv[1], encoding="utf-8"))
    words = "words of a customer" in json.dumps(found)
    print(f"{sys.argv[2]}: {len(found['cells'][0]['outputs'])} outputs,", "the words are there" if words else "no words")
PY
venv/bin/python notebook.py make
cleaned() {
  local name=$1
  shift
  cp saved.ipynb it.ipynb
  "$@" it.ipynb
  venv/bin/python notebook.py it.ipynb "$name"
}
{
  cleaned "nb-clean clean" venv/bin/nb-clean clean
  if venv/bin/nb-clean check it.ipynb; then echo "nb-clean check: clean"; else echo "nb-clean check: not clean"; fi
  cleaned "nb-clean clean --remove-all-notebook-metadata" venv/bin/nb-clean clean --remove-all-notebook-metadata
  cleaned "nbstripout" venv/bin/nbstripout
  cleaned "nbstripout --keep-output" venv/bin/nbstripout --keep-output
} | tee seen
diff seen - <<'SEEN'
nb-clean clean: 0 outputs, the words are there
nb-clean check: clean
nb-clean clean --remove-all-notebook-metadata: 0 outputs, no words
nbstripout: 0 outputs, no words
nbstripout --keep-output: 1 outputs, no words
SEEN
echo "as written above"

#!/usr/bin/env bash
# nbclient 0.11.0 and papermill 2.7.0 (PyPI), which run notebooks and save them with the state of their widgets, and ipywidgets 8.1.9: a
# form that is filled in and closed in the next cell, as one does before a notebook is shared, and a bar that a loop makes and closes.
# Expected: the saved file holds what there is at the end, as the kernel itself says it (Widget.get_manager_state), and as JupyterLab
# keeps it, which forgets a model when its comm is closed.
# Seen: nothing that was ever opened is left out: the form's words are in metadata.widgets of the file, beside a bar for each turn
# of the loop. A comm_close is not looked at; only what a widget is told in its life counts (form.value = "" before form.close()).
# Fails if that changes. Needs Python 3.11 or newer; talks to 127.0.0.1 only.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet nbclient==0.11.0 papermill==2.7.0 nbformat==5.11.1 ipykernel==7.4.0 ipywidgets==8.1.9
export JUPYTER_DATA_DIR="$folder/data" JUPYTER_RUNTIME_DIR="$folder/runtime" IPYTHONDIR="$folder/ipython"
cat > make.py <<'PY'
import nbformat
from nbformat.v4 import new_code_cell, new_notebook

cells = [
    "import ipywidgets as widgets\nform = widgets.Text()\nform",
    "form.value = 'words of a customer'",
    "form.close()",
    "for number in range(3):\n    bar = widgets.IntProgress(number)\n    display(bar)\n    bar.close()",
    "shown = widgets.Label('done')\nshown",
    "models = widgets.Widget.get_manager_state()['state'].values()\n"
    "print(*sorted(m['model_name'] for m in models if 'Style' not in m['model_name'] and 'Layout' not in m['model_name']))",
]
kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
nbformat.write(new_notebook(cells=list(map(new_code_cell, cells)), metadata=kernel), "given.ipynb")
PY
cat > tell.py <<'PY'
import json
import sys

STATE = "application/vnd.jupyter.widget-state+json"
saved = json.load(open(sys.argv[1]))
models = saved["metadata"]["widgets"][STATE]["state"].values()
names = (model["model_name"] for model in models)
print(sys.argv[1], "has", *sorted(name for name in names if "Style" not in name and "Layout" not in name))
kernel = "".join(saved["cells"][-1]["outputs"][0]["text"]).strip()
print(sys.argv[1], "of a kernel that has", kernel)
print(sys.argv[1], "holds the words" if "words of a customer" in json.dumps(list(models)) else "holds no words")
PY
venv/bin/python make.py
venv/bin/jupyter-execute given.ipynb --output nbclient 2>/dev/null
venv/bin/papermill --kernel python3 given.ipynb papermill.ipynb >/dev/null 2>&1
{ venv/bin/python tell.py nbclient.ipynb; venv/bin/python tell.py papermill.ipynb; } | tee seen
diff seen - <<'SEEN'
nbclient.ipynb has IntProgressModel IntProgressModel IntProgressModel LabelModel TextModel
nbclient.ipynb of a kernel that has LabelModel
nbclient.ipynb holds the words
papermill.ipynb has IntProgressModel IntProgressModel IntProgressModel LabelModel TextModel
papermill.ipynb of a kernel that has LabelModel
papermill.ipynb holds the words
SEEN
echo "as written above"

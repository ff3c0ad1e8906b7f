#!/usr/bin/env bash
# ipywidgets 8.1.9, its embed_minimal_html, and a widget of anywidget 0.11.0 (PyPI): a page to send to somebody who has no kernel.
# Expected: the page holds what the widget needs: its module, for that is what is special about an anywidget, and its values.
# Seen: it holds the values alone, and of a label beside it all. What a trait has as its default is left out, for the browser is thought
# to know it; of an anywidget the module, the style and even the names of its model and view are defaults, and no browser knows
# them. So the page says that a class "null" is not found. With drop_defaults=False all is there; so it is in notebooks that are
# saved, and in pages that nbconvert makes of these.
# Fails if that changes. Needs Python 3.11 or newer; no network after the installation.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet anywidget==0.11.0 ipywidgets==8.1.9
cd "$folder"
venv/bin/python - <<'PY' | tee seen
import json
import re

import anywidget
import ipywidgets
import traitlets
from ipywidgets.embed import embed_minimal_html


class Count(anywidget.AnyWidget):
    _esm = "export default { render({ model, el }) { el.textContent = model.get('value') } }"
    _css = "p { color: red }"
    value = traitlets.Int(0).tag(sync=True)


shown = [Count(value=3), ipywidgets.Label("three")]
for drop_defaults in (True, False):
    embed_minimal_html("page.html", views=shown, drop_defaults=drop_defaults)
    state = re.search(r'widget-state\+json">(.*?)</script>', open("page.html").read(), re.DOTALL)[1]
    models = json.loads(state)["state"]
    for widget in shown:
        held = models[widget.model_id]["state"]
        names = [name for name in ("value", "_esm", "_css", "_model_name", "_view_name") if name in held]
        print(f"drop_defaults={drop_defaults}, {type(widget).__name__}:", *names)
PY
diff seen - <<'SEEN'
drop_defaults=True, Count: value
drop_defaults=True, Label: value
drop_defaults=False, Count: value _esm _css _model_name _view_name
drop_defaults=False, Label: value _model_name _view_name
SEEN
echo "as written above"

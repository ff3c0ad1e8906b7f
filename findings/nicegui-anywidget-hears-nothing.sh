#!/usr/bin/env bash
# NiceGUI 3.18.0 (PyPI), whose ui.anywidget shows the widgets of anywidget 0.11: its model as the widget's own module meets it,
# run in Node.
# Expected: what anywidget's documentation says of a model: send() reaches Python, off() takes a listener away, save_changes() tells
# Python what was set, and what render returns is called when the view goes.
# Seen: send() is a line in the browser's console, so that a widget that talks by messages, as a chat does, shows and is dead; off()
# with a listener is a TypeError; save_changes() sends all traits back, the widget's source among them, and with it what Python
# may have changed meanwhile; nothing is called when the view goes.
# Fails if that changes. Needs Python 3.11 and Node 20 or newer; no network after the installation.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --no-deps nicegui==3.18.0
installed=$(find "$folder/venv" -type d -path '*/site-packages/nicegui')
cd "$folder"
mkdir -p elements/anywidget static/utils node_modules/widget
cp "$installed/elements/anywidget/anywidget.js" elements/anywidget/
cp "$installed/static/utils/json.js" static/utils/
cp "$installed/elements/anywidget/lib/widget.js" node_modules/widget/
echo '{"type": "module"}' > package.json
echo '{"type": "module", "main": "widget.js"}' > node_modules/widget/package.json
cat > page.js <<'JS'
import component from "./elements/anywidget/anywidget.js";
const module = `export default {
  render({ model }) {
    globalThis.model = model;
    return () => { throw new Error("called"); };
  },
};`;
// What a browser has and Node has not: addresses of blobs, which its import() takes.
globalThis.Blob = class { constructor([text]) { this.address = `data:text/javascript,${encodeURIComponent(text)}`; } };
URL.createObjectURL = (blob) => blob.address;
URL.revokeObjectURL = () => {};
const written = [];
console.warn = (words) => written.push(words);
const sent = [];
const traits = { draft: "", unread: 3, _esm: module };
await component.mounted.call({ $emit: (...event) => sent.push(event), $el: {}, traits, esm_content: module, css_content: "" });
const { model } = globalThis;
model.send({ kind: "hello" });
console.log("send:", written, "to Python:", sent.length);
const listener = () => {};
model.on("change:unread", listener);
try {
  model.off("change:unread", listener);
} catch (error) {
  console.log("off:", error.name);
}
model.set("draft", "hi");
model.save_changes();
console.log("save_changes:", sent.map(([event, values]) => `${event} ${Object.keys(values)}`).join());
console.log("when the view goes:", Object.keys(component).filter((name) => name.toLowerCase().includes("unmount")));
JS
node page.js | tee seen
diff seen - <<'SEEN'
send: [ 'anywidget.send() is not yet implemented in NiceGUI' ] to Python: 0
off: TypeError
save_changes: update:traits draft,unread,_esm
when the view goes: []
SEEN
echo "as written above"

#!/usr/bin/env bash
# haralyzer 2.4.0 (PyPI) and HARs with a WebSocket: with pages, as Chrome DevTools writes them, and without, as mitmproxy does.
# Expected: the time that a page took to load leaves out a socket that stayed open; the host name of a HAR whose
# entries name no page is that of its entries.
# Seen: the page "took" as long as its socket was open, by both ways of counting; the parser shows one page "unknown", which
# knows its host name, while the parser's own host name is an IndexError.
# Fails if that changes. Needs Python 3.11 or newer; no network after the installation.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet haralyzer==2.4.0
"$folder/venv/bin/python" - <<'PY' | tee "$folder/seen"
from haralyzer import HarParser


def entry(url, status, time, **more):
    content = {"size": 0, "mimeType": "text/html"}
    host = [{"name": "Host", "value": "127.0.0.1"}]
    return {
        "startedDateTime": "2026-01-01T10:00:00.000Z", "time": time, "cache": {}, "timings": {"send": 0, "wait": 1, "receive": 0},
        "request": {"method": "GET", "url": url, "headers": host, "cookies": [], "queryString": [], "httpVersion": "HTTP/1.1"},
        "response": {"status": status, "headers": [], "cookies": [], "content": content, "httpVersion": "HTTP/1.1"},
        **more,
    }


def har(entries, pages):
    return HarParser({"log": {"version": "1.2", "creator": {"name": "x", "version": "1"}, "pages": pages, "entries": entries}})


page = {"id": "page_1", "startedDateTime": "2026-01-01T10:00:00.000Z", "title": "t", "pageTimings": {}}
said = [{"type": "send", "time": 1767261600.5, "opcode": 1, "data": "{}"}]
socket = {"_resourceType": "websocket", "_webSocketMessages": said}
with_pages = har(
    [
        entry("http://127.0.0.1/", 200, 20, pageref="page_1"),
        entry("ws://127.0.0.1/v1", 101, 60_000, pageref="page_1", **socket),
    ],
    [page],
)
(loaded,) = with_pages.pages
print("load time in ms:", loaded.get_load_time(), loaded.get_load_time(asynchronous=False))

without = har([entry("http://127.0.0.1/", 200, 20), entry("http://127.0.0.1/v1", 101, 31, **socket)], [])
(unknown,) = without.pages
print("page:", unknown.page_id, unknown.hostname)
try:
    print("host name:", without.hostname)
except IndexError as error:
    print("host name:", type(error).__name__)
PY
diff "$folder/seen" - <<'SEEN'
load time in ms: 60000 60020
page: unknown 127.0.0.1
host name: IndexError
SEEN
echo "as written above"

#!/usr/bin/env bash
# har-to-k6 0.14.16 (npm) and a HAR that holds a WebSocket conversation, as Playwright and Chrome DevTools export it.
# Expected: the socket is left out with a warning, or its messages become a script for k6's own WebSocket module.
# Seen: the handshake becomes an ordinary http.get of the ws:// address with the recorded Sec-WebSocket-Key; the messages
# (_webSocketMessages) are gone; nothing is said. A load test made of a guest's recording loads no conversation at all.
# Fails if that changes. Needs Node 20 or newer; no network after the installation.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund har-to-k6@0.14.16 >/dev/null 2>&1
cat > convert.js <<'JS'
const { liHARToK6Script } = require("har-to-k6");
const header = (name, value) => ({ name, value });
const har = {
  log: {
    version: "1.2",
    creator: { name: "Playwright", version: "1.65.1" },
    pages: [],
    entries: [{
      startedDateTime: "2026-01-01T10:00:00.000Z",
      time: 1500,
      _resourceType: "websocket",
      request: {
        method: "GET", url: "ws://127.0.0.1:8801/v1?deploymentId=d", httpVersion: "HTTP/1.1", cookies: [], queryString: [],
        headers: [header("Upgrade", "websocket"), header("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA==")],
        headersSize: -1, bodySize: -1,
      },
      response: {
        status: 101, statusText: "Switching Protocols", httpVersion: "HTTP/1.1", cookies: [], headers: [], redirectURL: "",
        content: { size: -1, mimeType: "x-unknown" }, headersSize: -1, bodySize: -1,
      },
      cache: {}, timings: { send: 0, wait: 1, receive: 0 },
      _webSocketMessages: [{ type: "send", time: 1767261600500, opcode: 1, data: '{"action":"onMessage"}' }],
    }],
  },
};
const warned = [];
for (const name of ["log", "warn", "error"]) {
  const write = console[name];
  console[name] = (...words) => (name === "log" ? write(...words) : warned.push(words));
}
liHARToK6Script(har).then(({ main }) => {
  console.log("http.get of the socket:", /http\.get\(\s*'ws:\/\/127/.test(main));
  console.log("key of the handshake:", main.includes("Sec-WebSocket-Key"));
  console.log("messages:", main.includes("onMessage"));
  console.log("k6's WebSocket module:", /k6\/(experimental\/)?(ws|websockets)/.test(main));
  console.log("warnings:", warned.length);
});
JS
node convert.js | tee seen
diff seen - <<'SEEN'
http.get of the socket: true
key of the handshake: true
messages: false
k6's WebSocket module: false
warnings: 0
SEEN
echo "as written above"

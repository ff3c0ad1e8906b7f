#!/usr/bin/env bash
# har-validator 5.1.5 and @har-sdk/validator 2.6.1 (npm) and WebSocket entries of HAR files, as Chromium 156 and
# Playwright 1.65 write them.
# Expected: both take both, or refuse the same, for both check HAR 1.2.
# Seen: har-validator refuses every file of Chrome's in which there is a socket, for the empty serverIPAddress of that
# entry, and takes a duration of -1; @har-sdk/validator takes the empty address, and refuses the -1 that Playwright writes in
# its minimal mode, for ordinary calls too. Neither looks at _webSocketMessages, whatever is in it.
# Fails if that changes. Needs Node 20 or newer; no network after the installation.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts har-validator@5.1.5 @har-sdk/validator@2.6.1 >/dev/null 2>&1
cat > check.mjs <<'JS'
import harValidator from "har-validator";
import harSdk from "@har-sdk/validator";

const har = (more) => ({
  log: {
    version: "1.2",
    creator: { name: "WebInspector", version: "537.36" },
    pages: [],
    entries: [{
      startedDateTime: "2026-01-01T10:00:00.000Z",
      time: 1500,
      request: {
        method: "GET", url: "ws://127.0.0.1:8801/v1", httpVersion: "HTTP/1.1", cookies: [], headers: [], queryString: [],
        headersSize: 100, bodySize: 0,
      },
      response: {
        status: 101, statusText: "Switching Protocols", httpVersion: "HTTP/1.1", cookies: [], headers: [], redirectURL: "",
        content: { size: 0, mimeType: "x-unknown" }, headersSize: 100, bodySize: 0,
      },
      cache: {},
      timings: { send: 0, wait: 1, receive: 0 },
      _webSocketMessages: [{ type: "send", time: 1767261600.5, opcode: 1, data: "{}" }],
      ...more,
    }],
  },
});
const files = {
  "a socket": har({}),
  "its address is empty (Chrome)": har({ serverIPAddress: "" }),
  "it took -1 (Playwright, minimal)": har({ time: -1 }),
  "its messages are a number": har({ _webSocketMessages: 7 }),
};
const sdk = new harSdk.HarValidator();
for (const [name, file] of Object.entries(files)) {
  const first = await harValidator.har(structuredClone(file)).then(() => "valid", () => "refused");
  const second = (await sdk.verify(structuredClone(file))).length === 0 ? "valid" : "refused";
  console.log(`${name}: har-validator ${first}, @har-sdk/validator ${second}`);
}
JS
node check.mjs | tee seen
diff seen - <<'SEEN'
a socket: har-validator valid, @har-sdk/validator valid
its address is empty (Chrome): har-validator refused, @har-sdk/validator valid
it took -1 (Playwright, minimal): har-validator valid, @har-sdk/validator refused
its messages are a number: har-validator valid, @har-sdk/validator valid
SEEN
echo "as written above"

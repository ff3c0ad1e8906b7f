#!/usr/bin/env bash
# Genesys' streaming client (npm genesys-cloud-streaming-client 19.4.1): its HTTP client's requestApiWithRetry, by which
# notification channels are subscribed, and the header Retry-After.
# Expected: both its forms, seconds and a date, say how long to wait; which answers are worth another try says the status.
# Seen: a date is not understood, and the client's own interval is waited instead, sooner or later than was asked for; with
# the header any refusal is tried again, 403 too, without end; without it a 403 is final.
# (Its CommonJS build needs tslib, which is not among its dependencies: installed here by name.)
# Fails if that changes. Needs Node 20 or newer; talks to 127.0.0.1 only.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts genesys-cloud-streaming-client@19.4.1 tslib@2.8.1 >/dev/null 2>&1
cat > retry.cjs <<'JS'
const http = require("node:http");
const { HttpClient } = require("genesys-cloud-streaming-client/dist/cjs/http-client.js");
const inSeconds = (seconds) => new Date(Date.now() + seconds * 1000).toUTCString();
const answers = {
  "429, in 1 second": () => [429, "1"],
  "429, at a date 20 seconds from now": () => [429, inSeconds(20)],
  "403, no header": () => [403],
  "403, in 1 second": () => [403, "1"],
};
const calls = Object.fromEntries(Object.keys(answers).map((name) => [name, 0]));
const server = http.createServer((request, response) => {
  const name = Object.keys(answers)[Number(request.url.split("/").pop())];
  calls[name] += 1;
  const [status, after] = answers[name]();
  response.writeHead(status, { "content-type": "application/json", ...(after && { "retry-after": after }) }).end("{}");
});
server.listen(0, "127.0.0.1", async () => {
  const logger = Object.fromEntries(["debug", "info", "warn", "error"].map((name) => [name, () => {}]));
  const host = `http://127.0.0.1:${server.address().port}`;
  const interval = 1400;
  await Promise.all(Object.keys(answers).map(async (name, number) => {
    const options = { host, method: "get", authToken: "a token", logger };
    const retry = new HttpClient().requestApiWithRetry(String(number), options, interval);
    const became = await Promise.race([
      retry.promise.catch((reason) => `rejected with ${reason.status ?? reason.response.status}`),
      new Promise((done) => setTimeout(done, 5000, "still trying")),
    ]);
    answers[name].became = became;
    retry.promise.catch(() => {});
    retry.cancel(new Error("enough"));
  }));
  for (const name of Object.keys(answers)) console.log(`${name}: ${answers[name].became} after 5 s, called more than twice: ${calls[name] > 2}`);
  server.close();
  server.closeAllConnections();
});
JS
node retry.cjs | tee seen
diff seen - <<'SEEN'
429, in 1 second: still trying after 5 s, called more than twice: true
429, at a date 20 seconds from now: still trying after 5 s, called more than twice: true
403, no header: rejected with 403 after 5 s, called more than twice: false
403, in 1 second: still trying after 5 s, called more than twice: true
SEEN
echo "as written above"

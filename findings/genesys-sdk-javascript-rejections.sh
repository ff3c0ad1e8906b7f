#!/usr/bin/env bash
# Genesys' JavaScript SDK (npm purecloud-platform-client-v2 262.0.0): what a refused call is rejected with.
# Expected: always an Error with the HTTP status, as login calls have it.
# Seen: with a JSON body that body, no Error; with an HTML body the bare string; with an empty body undefined. In the
# last two the status is lost, and `catch ({status})` on the third is a TypeError of its own.
# Fails if that changes. Needs Node and npm; talks to 127.0.0.1 only.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund purecloud-platform-client-v2@262.0.0
cat > rejections.cjs <<'JS'
const http = require("node:http");
const sdk = require("purecloud-platform-client-v2");
const answers = {
  json: [404, "application/json", '{"message":"No conversation.","code":"not.found","status":404}'],
  html: [502, "text/html", "<h1>Bad gateway</h1>"],
  empty: [503, "text/plain", ""],
};
const server = http.createServer((request, response) => {
  const name = request.url.split("/").pop();
  const [status, type, body] = answers[name] ?? [400, "application/json", '{"error":"invalid_client"}'];
  response.writeHead(status, { "content-type": type }).end(body);
});
server.listen(0, "127.0.0.1", async () => {
  const client = sdk.ApiClient.instance;
  client.config.setGateway({ host: "127.0.0.1", port: server.address().port, protocol: "http" });
  client.setAccessToken("a token");
  const api = new sdk.ConversationsApi();
  const seen = async (what, promise) => {
    const reason = await promise.then(() => "fulfilled", (given) => given);
    console.log(what, reason instanceof Error ? "Error" : typeof reason, reason?.status);
  };
  for (const name of Object.keys(answers)) await seen(name, api.getConversationsMessage(name));
  await seen("login", client.loginClientCredentialsGrant("id", "secret"));
  server.close();
  server.closeAllConnections();
});
JS
node rejections.cjs | tee seen
diff seen - <<'SEEN'
json object 404
html string undefined
empty undefined undefined
login Error 400
SEEN
echo "as written above"

#!/usr/bin/env bash
# Genesys' JavaScript SDK (npm purecloud-platform-client-v2 262.0.0): a call whose token has expired, after a login by
# authorization code, with the SDK's own refreshing of tokens, which is on as it comes.
# Expected: the token is renewed, the call made again, and its promise is what became of that.
# Seen: the promise is rejected with the 401 at once; the token is renewed and the call made again behind its back. A message
# that was "refused" is sent all the same, and a program that tries again by itself sends it twice.
# Fails if that changes. Needs Node 20 or newer; talks to 127.0.0.1 only.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts purecloud-platform-client-v2@262.0.0
cat > expired.cjs <<'JS'
const http = require("node:http");
const sdk = require("purecloud-platform-client-v2");
const seen = [];
let tokens = 0;
const server = http.createServer((request, response) => {
  const answer = (status, body) => response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  request.resume().on("end", () => {
    const token = request.headers.authorization?.replace("Bearer ", "");
    if (request.url.endsWith("/oauth/token")) {
      tokens += 1;
      seen.push(`token ${tokens} is given`);
      answer(200, { access_token: `token-${tokens}`, refresh_token: "again", token_type: "bearer", expires_in: 86400 });
    } else if (token === "token-1") {
      seen.push("message with token 1: 401");
      answer(401, { message: "expired", code: "bad.credentials", status: 401 });
    } else {
      seen.push("message with token 2: taken");
      answer(200, { id: "m1" });
    }
  });
});
server.listen(0, "127.0.0.1", async () => {
  const client = sdk.ApiClient.instance;
  client.config.setGateway({ host: "127.0.0.1", port: server.address().port, protocol: "http" });
  await client.loginCodeAuthorizationGrant("client", "secret", "code", "http://localhost/");
  const became = await new sdk.ConversationsApi()
    .postConversationsMessageCommunicationMessages("c", "p", { textBody: "Hello" })
    .then(() => "fulfilled", (reason) => `rejected with ${reason.status}`);
  seen.push(`the promise is ${became}`);
  while (!seen.at(-1).endsWith("taken")) await new Promise((done) => setTimeout(done, 20));
  console.log(seen.join("\n"));
  server.close();
  server.closeAllConnections();
});
JS
HOME="$folder" timeout 60 node expired.cjs | tee seen
diff seen - <<'SEEN'
token 1 is given
message with token 1: 401
the promise is rejected with 401
token 2 is given
message with token 2: taken
SEEN
echo "as written above"

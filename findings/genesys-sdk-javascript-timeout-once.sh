#!/usr/bin/env bash
# Genesys' JavaScript SDK (npm purecloud-platform-client-v2 262.0.0): client.timeout, "the default HTTP timeout for all API calls", and a
# call that lacks what it must have.
# Expected: what is written there counts from the next call on; a call that cannot be made rejects its promise with an Error.
# Seen: the first call of all takes the value along for good: a shorter limit that is set after the login, which is a call, does
# nothing, a longer one neither, until somebody finds getHttpClient().setTimeout(). The missing id is thrown at once, past .catch(), and it is a
# text, so that `error.message` of an async function that awaits the call is undefined and there is no stack.
# Fails if that changes. Needs Node 20 or newer; talks to 127.0.0.1 only.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts purecloud-platform-client-v2@262.0.0
cat > calls.cjs <<'JS'
const http = require("node:http");
const { ApiClient, ConversationsApi } = require("purecloud-platform-client-v2");

const server = http.createServer((request, response) => {
  response.setHeader("content-type", "application/json");
  setTimeout(() => response.end("{}"), request.url.endsWith("slow") ? 1500 : 0);
});
server.listen(0, "127.0.0.1", async () => {
  const client = ApiClient.instance;
  client.setGateway({ host: "127.0.0.1", protocol: "http", port: server.address().port });
  client.setAccessToken("a token");
  const api = new ConversationsApi();
  const asks = (what) => api.getConversation("slow").then(() => console.log(`${what}: answered`), () => console.log(`${what}: given up`));

  await api.getConversation("quick");
  client.timeout = 300;
  await asks("300 ms, set after the first call");
  client.getHttpClient().setTimeout(300);
  await asks("300 ms, told to the HTTP client");
  client.timeout = 10_000;
  await asks("10 s, set again");

  try {
    api.getConversation(undefined).catch(() => console.log("caught by the promise"));
  } catch (error) {
    console.log(`thrown: ${typeof error}, ${error}`);
  }
  await (async () => await api.getConversation())().catch((error) => console.log(`message ${error.message}, stack ${error.stack}`));
  server.close();
  server.closeAllConnections();
});
JS
node calls.cjs | tee seen
diff seen - <<'SEEN'
300 ms, set after the first call: answered
300 ms, told to the HTTP client: given up
10 s, set again: given up
thrown: string, Missing the required parameter "conversationId" when calling getConversation
message undefined, stack undefined
SEEN
echo "as written above"

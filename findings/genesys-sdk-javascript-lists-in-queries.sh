#!/usr/bin/env bash
# Genesys' JavaScript SDK (npm purecloud-platform-client-v2 262.0.0): a list in a query, which the API's description and the
# SDK's own call declare as "multi".
# Expected: a parameter for each, id=a&id=b, as "multi" means.
# Seen: one parameter, id=a,b, for all lists whatever was declared; a value with a comma in it cannot be told from two. Whoever
# writes a server to test against, from the API's description, gets one id that does not exist.
# Fails if that changes. Needs Node 20 or newer; talks to 127.0.0.1 only.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts purecloud-platform-client-v2@262.0.0
cat > lists.cjs <<'JS'
const http = require("node:http");
const sdk = require("purecloud-platform-client-v2");
const server = http.createServer((request, response) => {
  console.log(decodeURIComponent(request.url));
  response.writeHead(200, { "content-type": "application/json" }).end("{}");
});
server.listen(0, "127.0.0.1", async () => {
  const client = sdk.ApiClient.instance;
  client.config.setGateway({ host: "127.0.0.1", port: server.address().port, protocol: "http" });
  client.setAccessToken("a token");
  console.log("multi:", client.buildCollectionParam(["a", "b"], "multi"));
  await new sdk.RoutingApi().getRoutingQueues({ id: ["a", "b"] });
  await new sdk.UsersApi().getUsers({ id: ["a"], expand: ["presence", "skills"] });
  server.close();
  server.closeAllConnections();
});
JS
HOME="$folder" node lists.cjs | tee seen
diff seen - <<'SEEN'
multi: [ 'a', 'b' ]
/api/v2/routing/queues?id=a,b
/api/v2/users?id=a&expand=presence,skills
SEEN
echo "as written above"

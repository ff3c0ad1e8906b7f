#!/usr/bin/env bash
# Genesys' streaming client (npm genesys-cloud-streaming-client 19.4.1): several handlers of one notification topic, the first of
# which wants one event alone and unsubscribes itself in it; and more topics than a channel takes.
# Expected: each handler that was subscribed when the event came hears of it; what is cut off at 1,000 topics is named.
# Seen: the handler behind the one that goes never hears of that event, and nothing is said: the list is shortened while it is gone
# through. A message that arrives in the moment in which a program has found what it waited for is lost to another part of it. Of
# 1,030 topics 30 are not subscribed, the call succeeds, and the warning names the last ten and says that there are ten more.
# (Its CommonJS build needs tslib, which is not among its dependencies: installed here by name.)
# Fails if that changes. Needs Node 20 or newer; no network after the installation.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts genesys-cloud-streaming-client@19.4.1 tslib@2.8.1 >/dev/null 2>&1
cat > handlers.cjs <<'JS'
const EventEmitter = require("node:events");
const { Notifications } = require("genesys-cloud-streaming-client/dist/cjs/notifications.js");
const TOPIC = "v2.users.u1.conversations.messages";
let asked = 0;
let left;
const warn = (_, { droppedTopics }) => console.log("warned of", droppedTopics.length - 1, "topics and", droppedTopics.at(-1));
const client = Object.assign(new EventEmitter(), {
  connected: true,
  config: { apiHost: "api.example", authToken: "a token" },
  logger: { debug() {}, info() {}, error() {}, warn },
  http: {
    requestApi: async (_, { data }) => {
      asked = JSON.parse(data).length;
      return { data: { entities: [] } };
    },
  },
});
const notifications = new Notifications(client, {});
notifications.handleStanzaInstanceChange({ id: "stanza", channelId: "channel" });
const { subscribe, unsubscribe, bulkSubscribe } = notifications.expose;
const arrives = (json) => client.emit("pubsub:event", { pubsub: { items: { node: TOPIC, published: [{ content: { json } }] } } });
const heard = { once: [], view: [], log: [] };
const once = (message) => {
  heard.once.push(message);
  left = unsubscribe(TOPIC, once);
};
(async () => {
  await Promise.all([
    subscribe(TOPIC, once), subscribe(TOPIC, (message) => heard.view.push(message)), subscribe(TOPIC, (message) => heard.log.push(message)),
  ]);
  arrives("message 1");
  arrives("message 2");
  console.log(JSON.stringify(heard));
  await left;
  await bulkSubscribe(Array.from({ length: 1030 }, (_, i) => `v2.routing.queues.q${i}.conversations.messages`));
  console.log("asked for", asked);
})();
JS
node handlers.cjs | tee seen
diff seen - <<'SEEN'
{"once":["message 1"],"view":["message 2"],"log":["message 1","message 2"]}
warned of 10 topics and ...and 10 more
asked for 1000
SEEN
echo "as written above"

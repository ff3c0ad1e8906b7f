#!/usr/bin/env bash
# Microsoft's Bot Framework for JavaScript (npm botbuilder 4.23.3): its logger of transcripts with its two stores, and a bot that
# says five things in one turn, as bots do.
# Expected: both stores give the conversation back as it was said; what is read by a conversation's id is listed by the same id.
# Seen: the store of files names each activity by its time in milliseconds and its id, and sorts by that; what is sent at once has one
# time and random ids, so that a bot's answers come back shuffled, all of them there; its list of conversations has no time, and
# another id where that has a colon, as those of Teams have. The store in memory does both right, so that a test with it sees
# nothing.
# Fails if that changes. Needs Node 20 or newer; no network after the installation.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts botbuilder@4.23.3 >/dev/null 2>&1
cat > transcripts.js <<'JS'
const { FileTranscriptStore, MemoryTranscriptStore, TestAdapter, TranscriptLoggerMiddleware } = require("botbuilder");
const ANSWERS = ["one", "two", "three", "four", "five"];
const TURNS = 20;
async function all(store, id) {
  const items = [];
  let token;
  do {
    const page = await store.getTranscriptActivities("test", id, token);
    items.push(...page.items);
    token = page.continuationToken;
  } while (token);
  return items;
}
async function spoken(store) {
  const adapter = new TestAdapter(async (turn) => {
    await turn.sendActivities(ANSWERS.map((each) => ({ type: "message", text: `${turn.activity.text}: ${each}` })));
  });
  adapter.use(new TranscriptLoggerMiddleware(store));
  const conversation = { id: "19:meeting@thread" };
  for (let turn = 0; turn < TURNS; turn += 1) {
    await adapter.processActivity({ type: "message", text: `turn ${turn}`, channelId: "test", conversation, from: { id: "ann" } });
  }
  const written = TURNS * (ANSWERS.length + 1);
  for (let tries = 0; tries < 100 && (await all(store, conversation.id)).length < written; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const texts = (await all(store, conversation.id)).map((each) => each.text);
  const inOrder = Array.from({ length: TURNS }, (_, turn) => turn).filter((turn) => {
    const answers = texts.filter((text) => text.startsWith(`turn ${turn}: `)).map((text) => text.split(": ")[1]);
    return answers.join() === ANSWERS.join();
  }).length;
  const [listed] = (await store.listTranscripts("test")).items;
  const order = inOrder === TURNS ? "all" : "not all";
  console.log(`${store.constructor.name}: ${texts.length} of ${written} activities, ${order} turns in order, listed as ${listed.id}, ${listed.created && "with a time"}`);
}
(async () => {
  await spoken(new MemoryTranscriptStore());
  await spoken(new FileTranscriptStore("transcripts"));
})();
JS
node transcripts.js | tee seen
diff seen - <<'SEEN'
MemoryTranscriptStore: 120 of 120 activities, all turns in order, listed as 19:meeting@thread, with a time
FileTranscriptStore: 120 of 120 activities, not all turns in order, listed as 19!meeting@thread, null
SEEN
echo "as written above"

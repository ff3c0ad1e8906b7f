#!/usr/bin/env bash
# botium-core 1.15.13 (npm) reading a .convo.txt: what of a bot's section is an assertion, and what is text.
# Expected: an assertion whose name is not known is an error; words after "#bot" are the bot's; "!" belongs to its line.
# Seen: an unknown assertion is a text that the bot has to say; words after "#bot" are the name of a channel and the section
# expects nothing in it; "!" before the first of several lines negates all of them together; "!" before PAUSE is dropped
# and the pause is kept; "?" makes a section optional; without a first line for the name the convo has none.
# Fails if that changes. Needs Node 20 or newer; no network after the installation (290 packages).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts botium-core@1.15.13 >/dev/null 2>&1
cat > read.js <<'JS'
const { BotDriver, Capabilities } = require("botium-core");
const compiler = new BotDriver({ [Capabilities.PROJECTNAME]: "x", [Capabilities.CONTAINERMODE]: "echo" }).BuildCompiler();
const read = (text) => compiler.Compile(Buffer.from(text), "SCRIPTING_FORMAT_TXT", "SCRIPTING_TYPE_CONVO")[0];
const section = (lines) => read(`name\n#me\nhi\n${lines}`).conversation[1];
const names = (list) => list.map((one) => one.name);
let bot = section("#bot\nUNKNOWN a|b");
console.log("unknown:", JSON.stringify(bot.messageText), names(bot.asserters));
bot = section("#bot Hello");
console.log("beside the tag:", JSON.stringify(bot.messageText), "channel", bot.channel);
bot = section("#bot\n!no\nyes");
console.log("negated:", JSON.stringify(bot.messageText), bot.not);
bot = section("#bot\n!PAUSE 3");
console.log("no pause:", names(bot.logicHooks), bot.not);
bot = section("#bot\n?maybe");
console.log("optional:", JSON.stringify(bot.messageText), bot.optional);
console.log("no name:", read("#me\nhi\n#bot\nx").header.name);
JS
node read.js 2>/dev/null | tee seen
diff seen - <<'SEEN'
unknown: "UNKNOWN a|b" []
beside the tag: null channel Hello
negated: "no\nyes" true
no pause: [ 'PAUSE' ] false
optional: "maybe" true
no name: undefined
SEEN
echo "as written above"

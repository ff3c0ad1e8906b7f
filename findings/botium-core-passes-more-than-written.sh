#!/usr/bin/env bash
# botium-core 1.15.13 (npm) running a .convo.txt with no settings of its own against a bot in the same process.
# Expected: a bot's section is the whole of what the bot says, and nothing else is said.
# Seen: it is a part of it, whatever the case and the white space ("5" accepts "15", "hello" accepts "Hello there"), "*" is a
# wildcard; messages that no section asks for are no failure at the end of a convo; a line of buttons accepts labels that
# only hold the words; "$name" is a text, not a variable.
# Fails if that changes. Needs Node 20 or newer; no network after the installation (290 packages).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts botium-core@1.15.13 >/dev/null 2>&1
cat > verdicts.js <<'JS'
const { BotDriver, Capabilities } = require("botium-core");
async function verdict(section, says) {
  const connector = ({ queueBotSays }) => ({ UserSays: () => says.forEach((said) => queueBotSays({ ...said })) });
  const driver = new BotDriver({
    [Capabilities.PROJECTNAME]: "x", [Capabilities.CONTAINERMODE]: connector, [Capabilities.WAITFORBOTTIMEOUT]: 500,
  });
  const compiler = driver.BuildCompiler();
  const text = Buffer.from(`name\n#me\nhi\n#bot\n${section}`);
  const [convo] = compiler.Compile(text, "SCRIPTING_FORMAT_TXT", "SCRIPTING_TYPE_CONVO");
  const container = await driver.Build();
  await container.Start();
  const passed = await convo.Run(container).then(() => "passed", () => "failed");
  await container.Stop();
  await container.Clean();
  return passed;
}
const text = (...texts) => texts.map((messageText) => ({ messageText }));
const buttons = (...labels) => [{ messageText: "?", buttons: labels.map((label) => ({ text: label })) }];
(async () => {
  console.log("5 and 15:", await verdict("5", text("15")));
  console.log("hello and Hello there:", await verdict("hello", text("Hello there")));
  console.log("two lines and one:", await verdict("a\nb", text("a b")));
  console.log("hi * and hi you:", await verdict("hi *", text("hi you")));
  console.log("more said than asked:", await verdict("a", text("a", "Sorry, an error occurred")));
  console.log("Yes|No and Yes please, No, More:", await verdict("BUTTONS Yes|No", buttons("Yes please", "No", "More")));
  console.log("$n:", await verdict("it is $n", text("it is 42")));
  process.exit(0);
})();
JS
node verdicts.js 2>/dev/null | tee seen
diff seen - <<'SEEN'
5 and 15: passed
hello and Hello there: passed
two lines and one: passed
hi * and hi you: passed
more said than asked: passed
Yes|No and Yes please, No, More: passed
$n: failed
SEEN
echo "as written above"

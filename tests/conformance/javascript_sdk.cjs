// An agent's client made with Genesys' JavaScript SDK, unmodified: calls by itself, and prints what came as one JSON object.
const sdk = require("purecloud-platform-client-v2");

const { baseUrl, clientId, clientSecret, token, conversationId, userId } = JSON.parse(process.argv[2]);
const { hostname: host, port } = new URL(baseUrl);
const client = sdk.ApiClient.instance;
client.config.setGateway({ host, port: Number(port), protocol: "http" });

/** What a promise of the SDK is rejected with, as its users have it. */
const refused = (promise) => promise.then(() => null, ({ status, code, message }) => ({ status, code, message }));

async function main() {
  const seen = {};
  const notifications = new sdk.NotificationsApi();
  const conversations = new sdk.ConversationsApi();
  const users = new sdk.UsersApi();

  seen.wrongSecret = await refused(client.loginClientCredentialsGrant(clientId, "wrong"));
  seen.credentials = await client.loginClientCredentialsGrant(clientId, clientSecret);
  seen.meOfNobody = await refused(users.getUsersMe());

  client.setAccessToken(token);
  seen.me = await users.getUsersMe();
  const channel = await notifications.postNotificationsChannels();
  seen.channel = channel;
  const frames = [];
  const socket = new WebSocket(channel.connectUri);
  const arrived = (isWanted) =>
    new Promise((resolve) => {
      const look = () => frames.find(isWanted) && (socket.removeEventListener("message", look), resolve());
      socket.addEventListener("message", look);
      look();
    });
  socket.addEventListener("message", ({ data }) => frames.push(JSON.parse(data)));
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = reject;
  });
  const topics = ["conversations.messages", "conversations.inbound.typing.event"];
  const wanted = topics.map((name) => ({ id: `v2.users.${userId}.${name}` }));
  seen.subscriptions = await notifications.postNotificationsChannelSubscriptions(channel.id, wanted);
  socket.send(JSON.stringify({ message: "ping" }));
  await arrived(({ eventBody }) => eventBody?.message === "pong");

  const { participants } = await conversations.getConversation(conversationId);
  const agent = participants.find(({ purpose }) => purpose === "agent");
  const communicationId = agent.messages.find(({ state }) => state === "connected").id;
  const typing = { typing: { type: "On" } };
  seen.typing = (await conversations.postConversationsMessageCommunicationTyping(conversationId, communicationId, typing)) ?? null;
  const body = { textBody: "from JavaScript" };
  const sent = await conversations.postConversationsMessageCommunicationMessages(conversationId, communicationId, body);
  seen.sent = sent;
  await arrived((frame) => JSON.stringify(frame.eventBody).includes(sent.id));
  seen.one = await conversations.getConversationsMessageMessage(conversationId, sent.id);
  seen.bulk = await conversations.postConversationsMessageMessagesBulk(conversationId, { body: [sent.id, "unknown"] });
  seen.unknown = await refused(conversations.getConversationsMessage("unknown"));
  seen.frames = frames;
  socket.close();
  console.log(JSON.stringify(seen));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});

// Every word that the view says, in English. Its shape is that of every other language's table.

import type { Counted } from "./counted";

export const inEnglish = (counted: Counted) => ({
  conversation: "Conversation",
  messages: "Messages",
  empty: "No messages yet",
  emptyHint: "What is said in this conversation appears here.",
  you: "You",
  today: "Today",
  yesterday: "Yesterday",
  justNow: "just now",
  newMessages: "New messages",
  jumpToLatest: "Jump to latest",
  /** Stands after the number. */
  newMessagesCounted: (count: number) => counted(count, { one: "new message", other: "new messages" }),
  loadingOlder: "Loading earlier messages…",
  olderFailed: "Earlier messages could not be loaded",
  tryAgain: "Try again",
  showMore: "Show more",
  showLess: "Show less",
  loadingText: "Loading…",
  textPending: "Loading message…",
  unavailable: "Message unavailable",
  attachments: (count: number) => counted(count, { one: "# attachment", other: "# attachments" }),
  retry: "Retry",
  discard: "Discard",
  failed: "Not sent",
  unknown: "It is not known whether this was sent",
  dismiss: "Dismiss",
  composer: "Message",
  placeholder: "Write a message",
  composerHint: "Enter sends, Shift and Enter starts a new line.",
  send: "Send",
  reconnectNow: "Reconnect now",
  retryIn: (seconds: number) => counted(seconds, { other: "Next try in # s" }),
  retrying: "Trying now…",
  reference: (id: string) => `Reference ${id}`,
  /** A fact with its name before it. */
  fact: (name: string, value: string) => `${name}: ${value}`,
  status: {
    sending: "Sending",
    sent: "Sent",
    delivered: "Delivered",
    read: "Read",
    failed: "Not sent",
    unknown: "Unknown whether sent",
    unread: "Unread",
  },
  /** Stands after "Sent" or "Delivered". */
  seenInferred: "seen (inferred)",
  /** How long ago the newest message came, or what became of our own; `when` is "2 min ago", "yesterday", "just now". */
  lastMessage: (when: string) => `Last message ${when}`,
  sentWhen: (when: string) => `Sent ${when}`,
  deliveredWhen: (when: string) => `Delivered ${when}`,
  readWhen: (when: string) => `Read ${when}`,
  connection: {
    idle: "Not connected yet",
    connecting: "Connecting…",
    connected: "Connected",
    reconnecting: "Connection lost. Reconnecting…",
    read_only: "This conversation is read-only",
    closed: "This conversation is closed",
    failed: "Connection failed",
  },
  connectionShort: {
    idle: "Not connected",
    connecting: "Connecting",
    connected: "Connected",
    reconnecting: "Reconnecting",
    read_only: "Read-only",
    closed: "Closed",
    failed: "Not connected",
  },
  linkShort: "No kernel",
  link: {
    starting: "Waiting for the kernel…",
    absent: "Run the cell to connect",
    silent: "The kernel is not answering",
    gone: "Kernel stopped: run the cell again",
    mismatch: "This view and the kernel are of different versions: restart the kernel and reload the page",
  },
  linkDetail: {
    starting: "A running cell may be holding it up.",
    absent: "No kernel has answered. If a cell is still running, this goes on by itself.",
    silent: "It may be busy, or the connection to it may be lost.",
  },
  /** Instead of the messages, where there is no kernel and nothing was saved. */
  absentHint: "What was said is not kept in the notebook.",
  savedCopy: "A saved copy of the conversation",
  cannotSend: {
    read_only: "Messages cannot be sent: the conversation is read-only.",
    closed: "Messages cannot be sent: the conversation is closed.",
    failed: "Messages cannot be sent: there is no connection.",
    absent: "Messages cannot be sent: there is no kernel.",
    gone: "Messages cannot be sent: the kernel has stopped.",
    mismatch: "Messages cannot be sent: the kernel is of another version.",
  },
  roles: { agent: "", customer: "", bot: "Bot", system: "" },
  kernelStopped: "The kernel has stopped: run the cell again, then retry",
  kernelRestarted: "The kernel was restarted before this message was sent",
  typing: (names: readonly string[]) => {
    const [first, second] = names;
    if (first === undefined) return "";
    if (second === undefined) return `${first} is typing…`;
    return names.length === 2 ? `${first} and ${second} are typing…` : "Several people are typing…";
  },
  someone: "Someone",
  manyNew: (count: number, last: string) => `${counted(count, { other: "# new messages" })}. ${last}`,
});

export type Strings = ReturnType<typeof inEnglish>;

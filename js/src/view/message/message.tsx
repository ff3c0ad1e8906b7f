// One message with what stands before it: the day, the "New messages" mark.

import type { JSX } from "preact";
import type { ViewMessage } from "../../protocol.gen";
import type { Row } from "../../state/rows";
import { isSeenInferred, messageName, senderName, sentences, sideName } from "../../text/a11y";
import { Attachments } from "../content/attachments";
import { hasContent, MessageContent, messageReplies } from "../content/content";
import { FailureWords } from "../kit/kernel-words";
import type { Services } from "../kit/services";
import { Avatar } from "./avatar";
import { CopyButton } from "./copy-button";
import { ReceiptTicks } from "./receipt-ticks";
import { DaySeparator, NewSeparator } from "./separators";
import { MessageText } from "./text";

export type MessageRowProps = Omit<Row, "key"> & {
  readonly services: Services;
  /** Nothing in the page stands before it. */
  readonly isFirst: boolean;
  /** Of all messages; -1 where the page tells it by itself. */
  readonly setSize: number;
  /** The user has just jumped to it. */
  readonly isTarget: boolean;
  /** It is the hit of the search that the user is at. */
  readonly isHit: boolean;
  /** It is under the pointer, or was opened by keyboard. */
  readonly isActive: boolean;
  /** Null unless messages are being chosen. */
  readonly isSelected: boolean | null;
};

export function MessageRow(props: MessageRowProps): JSX.Element {
  const { message, position, startsGroup, endsGroup, day, startsNew, services } = props;
  const { format, strings } = services;
  const { isSelected } = props;
  const { looksOn } = services;
  const label = messageName(message, format, strings, looksOn);
  const name = senderName(message, strings);
  const isSystem = message.role === "system";
  const isOwn = message.isOwn && !looksOn;
  const role = looksOn ? sideName(message, strings) : strings.roles[message.role];
  const classes = [
    "ipg-message",
    isSystem ? "ipg-system" : isOwn ? "ipg-own" : "ipg-other",
    // Seen from outside, the customer is on one side and whoever answers is on the other.
    looksOn && (message.role === "agent" || message.role === "bot") && "ipg-answering",
    startsGroup && "ipg-starts",
    endsGroup && "ipg-ends",
  ];
  return (
    <div class="ipg-row">
      {day !== null && <DaySeparator day={day} isHidden={props.isFirst} />}
      {startsNew && <NewSeparator strings={strings} isHidden={props.isFirst} />}
      <article
        class={classes.filter(Boolean).join(" ")}
        tabIndex={-1}
        aria-posinset={position}
        aria-setsize={props.setSize}
        aria-description={day ?? undefined}
        aria-label={isSelected ? sentences([label, strings.tools.isSelected]) : label}
        data-message-id={message.id}
        data-status={message.status}
        data-seen={isSeenInferred(message) ? "inferred" : undefined}
        data-own={message.isOwn ? "true" : "false"}
        data-role={message.role}
        data-hit={props.isHit ? "true" : undefined}
        data-target={props.isTarget ? "true" : undefined}
        data-selected={isSelected}
      >
        {isSelected !== null && (
          // By keyboard it is Space on the message.
          <input
            type="checkbox"
            class="ipg-check"
            checked={isSelected}
            tabIndex={-1}
            aria-label={strings.tools.selectThis}
          />
        )}
        {!isOwn && !isSystem && <Avatar name={name} isShown={endsGroup} />}
        <div class="ipg-stack">
          {startsGroup && !isOwn && !isSystem && (
            <div class="ipg-sender">
              <bdi>{name}</bdi>
              {role && <span class="ipg-role">{role}</span>}
            </div>
          )}
          {bubble(props)}
          {messageReplies(message, services)}
          {(message.status === "failed" || message.status === "unknown") && (
            <Trouble message={message} services={services} />
          )}
        </div>
        {props.isActive && isSelected === null && message.text !== null && (
          <CopyButton message={message} services={services} />
        )}
      </article>
    </div>
  );
}

function bubble({ message, services, isHit }: MessageRowProps): JSX.Element {
  const { format, strings } = services;
  const isRich = hasContent(message);
  const hasText = message.text !== "" || (message.attachments.length === 0 && !isRich);
  const meta = (
    <span class="ipg-meta">
      {/* With a direction of its own it has no say in the direction of the text. */}
      <time dateTime={isoTime(message.timeMs)} dir="ltr">
        {format.time(message.timeMs)}
      </time>
      {message.isOwn && !services.looksOn && <ReceiptTicks message={message} strings={strings} />}
    </span>
  );
  return (
    <div class={isRich ? "ipg-bubble ipg-bubble-rich" : "ipg-bubble"}>
      {message.attachments.length > 0 && <Attachments message={message} services={services} />}
      {(hasText || !isRich) && (
        <div class="ipg-content" dir="auto">
          {hasText && <MessageText message={message} services={services} isHit={isHit} />}
          {!isRich && meta}
        </div>
      )}
      {isRich && <MessageContent message={message} services={services} />}
      {isRich && <div class="ipg-content">{meta}</div>}
    </div>
  );
}

function Trouble({ message, services }: { message: ViewMessage; services: Services }) {
  const { actions, strings } = services;
  const words = message.status === "failed" ? strings.failed : strings.unknown;
  const why = message.error ? { message: message.error, cause: message.cause } : "";
  return (
    <div class="ipg-trouble">
      <span class="ipg-trouble-words">
        <FailureWords what={words} why={why} services={services} />
      </span>
      {message.draftId !== null && (
        <span class="ipg-trouble-actions">
          <button type="button" class="ipg-text-button" onClick={() => actions.retry(message)}>
            {strings.retry}
          </button>
          {/* What the server has taken cannot be taken back. */}
          {message.id === message.draftId && (
            <button type="button" class="ipg-text-button" onClick={() => actions.discard(message)}>
              {strings.discard}
            </button>
          )}
        </span>
      )}
    </div>
  );
}

function isoTime(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? "" : date.toISOString();
}

// What a message holds besides text and files, each kind by its own component; what is not known is named.

import type { ComponentChild, JSX } from "preact";
import type { ViewMessage } from "../../protocol.gen";
import { unsupportedName } from "../../text/a11y";
import type { Services } from "../kit/services";
import { Card } from "./card";
import { Carousel } from "./carousel";
import { DatePicker } from "./date-picker";
import { Form } from "./form";
import { ListPicker } from "./list-picker";
import type { Part } from "./picking";
import { Place } from "./place";
import { QuickReplies } from "./quick-replies";

interface Props {
  readonly message: ViewMessage;
  readonly services: Services;
}

/** Answers are the text of their message; quick replies stand below the bubble. */
const isInBubble = (part: Part): boolean => part.kind !== "answer" && part.kind !== "quick-replies";

export const hasContent = (message: ViewMessage): boolean => message.content.some(isInBubble);

/** What stands in the bubble. */
export function MessageContent({ message, services }: Props): JSX.Element {
  return (
    <>
      {message.content.map((part, i) =>
        isInBubble(part) ? (
          <div class="ipg-part" key={i} data-part={part.kind}>
            {shown(part, i, message, services)}
          </div>
        ) : null,
      )}
    </>
  );
}

/** What stands below it. */
export const messageReplies = (message: ViewMessage, services: Services): ComponentChild =>
  message.content.map((part, i) =>
    part.kind === "quick-replies" ? (
      <QuickReplies key={i} message={message} part={i} offer={part} services={services} />
    ) : null,
  );

function shown(part: Part, number: number, message: ViewMessage, services: Services): JSX.Element | null {
  const common = { message, part: number, services };
  switch (part.kind) {
    case "card":
      return <Card {...common} offer={part} />;
    case "carousel":
      return <Carousel {...common} offer={part} />;
    case "date-picker":
      return <DatePicker {...common} offer={part} />;
    case "list-picker":
      return <ListPicker {...common} offer={part} />;
    case "form":
      return <Form {...common} offer={part} />;
    case "location":
      return <Place place={part} services={services} />;
    case "quick-replies":
    case "answer":
      return null;
    default: {
      const type = part.kind === "unsupported" ? part.type : "";
      return <span class="ipg-placeholder">{unsupportedName(type, services.strings)}</span>;
    }
  }
}

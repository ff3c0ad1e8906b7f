// A card: an image on demand, a title, some words, buttons.

import type { JSX } from "preact";
import type { Card as CardContent, ViewMessage } from "../../protocol.gen";
import { displayName, displayText } from "../../text/format";
import { pageHref } from "../../text/links";
import type { Services } from "../kit/services";
import { Option } from "./option";
import { type Picking, usePicking } from "./picking";
import { RemoteImage } from "./remote-image";

interface CardProps {
  readonly card: CardContent;
  readonly picking: Picking;
  /** The position of this card's first button among all that are offered. */
  readonly first: number;
  readonly services: Services;
}

export function CardBody({ card, picking, first, services }: CardProps): JSX.Element {
  const { strings } = services;
  const title = displayName(card.title);
  const href = card.url === null ? null : pageHref(card.url);
  return (
    <div class="ipg-card">
      {card.imageUrl !== null && <RemoteImage url={card.imageUrl} label={title} services={services} />}
      {(title !== "" || card.description !== "") && (
        <div class="ipg-card-words" dir="auto">
          {title !== "" && (
            <div class="ipg-card-title">
              {href === null ? (
                title
              ) : (
                <a class="ipg-link" href={href} title={href} target="_blank" rel="noopener noreferrer">
                  {title}
                </a>
              )}
            </div>
          )}
          {card.description !== "" && <div class="ipg-card-description">{displayText(card.description)}</div>}
        </div>
      )}
      {card.buttons.length > 0 && (
        <div class="ipg-card-buttons">
          {card.buttons.map((button, i) => (
            <Option
              key={i}
              text={button.text}
              url={button.payload === null ? (button.url ?? "") : null}
              isOpen={picking.isOpen}
              isPicked={picking.picked?.includes(first + i) ?? false}
              onPick={() => picking.pick([first + i], button.text)}
              about={title}
              strings={strings}
            />
          ))}
        </div>
      )}
    </div>
  );
}

interface Props {
  readonly message: ViewMessage;
  readonly part: number;
  readonly offer: CardContent;
  readonly services: Services;
}

export function Card({ message, part, offer, services }: Props): JSX.Element {
  const picking = usePicking(message, part, offer, services);
  return <CardBody card={offer} picking={picking} first={0} services={services} />;
}

// Cards next to each other: scrolled by touch, by arrow keys, or by the two buttons.

import type { JSX, TargetedEvent, TargetedKeyboardEvent } from "preact";
import { useRef, useState } from "preact/hooks";
import type { Carousel as CarouselContent, ViewMessage } from "../../protocol.gen";
import { sentences } from "../../text/a11y";
import { displayName } from "../../text/format";
import { IconButton } from "../kit/icon-button";
import { BackIcon, ForwardIcon } from "../kit/icons";
import type { Services } from "../kit/services";
import { CardBody } from "./card";
import { usePicking } from "./picking";

interface Props {
  readonly message: ViewMessage;
  readonly part: number;
  readonly offer: CarouselContent;
  readonly services: Services;
}

export function Carousel({ message, part, offer, services }: Props): JSX.Element {
  const { strings, voice } = services;
  const words = strings.content;
  const picking = usePicking(message, part, offer, services);
  const track = useRef<HTMLUListElement>(null);
  const [at, setAt] = useState(0);
  const count = offer.cards.length;

  const go = (index: number): void => {
    const cards = track.current?.children as HTMLCollectionOf<HTMLElement> | undefined;
    const [first, card] = [cards?.[0], cards?.[index]];
    // Only this element's own scroll position: nothing here may move the host's page.
    if (first && card) track.current?.scrollTo({ left: card.offsetLeft - first.offsetLeft });
  };
  const turn = (index: number): void => {
    go(index);
    const title = displayName(offer.cards[index]?.title ?? "");
    if (index in offer.cards) voice.say("card", () => sentences([words.cardOf(index + 1, count), title]));
  };
  const onScroll = ({ currentTarget: list }: TargetedEvent<HTMLUListElement>): void =>
    setAt(Math.round(Math.abs(list.scrollLeft) / (list.scrollWidth / count)));
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLUListElement>): void => {
    const { key, target, currentTarget } = event;
    const step = key === "ArrowRight" ? 1 : key === "ArrowLeft" ? -1 : 0;
    if (target !== currentTarget || step === 0) return;
    event.preventDefault();
    event.stopPropagation();
    turn(at + (getComputedStyle(currentTarget).direction === "rtl" ? -step : step));
  };
  let first = 0;
  return (
    <div class="ipg-carousel">
      {/* biome-ignore-start lint/a11y: a scrolling area must be reachable by keyboard */}
      <ul
        ref={track}
        class="ipg-track"
        tabIndex={0}
        aria-label={words.cards(count)}
        onScroll={onScroll}
        onKeyDown={onKeyDown}
      >
        {/* biome-ignore-end lint/a11y: its contents have ordinary roles */}
        {offer.cards.map((card, i) => {
          const start = first;
          first += card.buttons.length;
          return (
            <li
              key={i}
              aria-label={words.cardOf(i + 1, count)}
              // By keyboard: the track snaps back from where the browser scrolls it to.
              onFocusIn={(event) => (event.target as Element).matches(":focus-visible") && go(i)}
            >
              <CardBody card={card} picking={picking} first={start} services={services} />
            </li>
          );
        })}
      </ul>
      {count > 1 && (
        <div class="ipg-carousel-controls">
          <IconButton label={words.previousCard} aria-disabled={at === 0} onClick={() => turn(at - 1)}>
            <BackIcon />
          </IconButton>
          <span class="ipg-carousel-place" dir="ltr">{`${at + 1} / ${count}`}</span>
          <IconButton label={words.nextCard} aria-disabled={at === count - 1} onClick={() => turn(at + 1)}>
            <ForwardIcon />
          </IconButton>
        </div>
      )}
    </div>
  );
}

// Cards next to each other: scrolled by touch, by arrow keys, or by the two buttons.

import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import type { Carousel as CarouselContent, ViewMessage } from "../protocol.gen";
import { CardBody } from "./card";
import { IconButton } from "./icon-button";
import { BackIcon, ForwardIcon } from "./icons";
import { usePicking } from "./picking";
import type { Services } from "./services";

interface Props {
  readonly message: ViewMessage;
  readonly part: number;
  readonly offer: CarouselContent;
  readonly services: Services;
}

export function Carousel({ message, part, offer, services }: Props): JSX.Element {
  const { strings } = services;
  const words = strings.content;
  const picking = usePicking(message, part, offer, services);
  const track = useRef<HTMLUListElement>(null);
  const [at, setAt] = useState(0);
  const count = offer.cards.length;

  const go = (index: number): void => {
    const list = track.current;
    const card = list?.children[Math.max(0, Math.min(count - 1, index))];
    if (list === null || !(card instanceof HTMLElement)) return;
    // Only this element's own scroll position: nothing here may move the host's page.
    list.scrollTo({ left: card.offsetLeft - (list.firstElementChild as HTMLElement).offsetLeft });
  };
  const onScroll = (): void => {
    const list = track.current;
    if (list === null) return;
    const width = list.scrollWidth / count;
    setAt(Math.min(count - 1, Math.round(Math.abs(list.scrollLeft) / width)));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target !== event.currentTarget) return;
    const rtl = track.current !== null && getComputedStyle(track.current).direction === "rtl";
    const step = { ArrowRight: rtl ? -1 : 1, ArrowLeft: rtl ? 1 : -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    go(at + step);
  };
  let first = 0;
  return (
    <section class="ipg-carousel" aria-label={words.cards(count)}>
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
            <li key={i} aria-label={words.cardOf(i + 1, count)}>
              <CardBody card={card} picking={picking} first={start} services={services} />
            </li>
          );
        })}
      </ul>
      {count > 1 && (
        <div class="ipg-carousel-controls">
          <IconButton label={words.previousCard} aria-disabled={at === 0} onClick={() => go(at - 1)}>
            <BackIcon />
          </IconButton>
          <span class="ipg-carousel-place" dir="ltr">{`${at + 1} / ${count}`}</span>
          <IconButton label={words.nextCard} aria-disabled={at === count - 1} onClick={() => go(at + 1)}>
            <ForwardIcon />
          </IconButton>
        </div>
      )}
    </section>
  );
}

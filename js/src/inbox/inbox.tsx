// An inbox put together: the figures, the list with its tools, and the conversation beside or below it.

import type { JSX } from "preact";
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { waitingForKernel } from "../explore/before-kernel";
import type { Show } from "../explore/show-widget";
import { wording } from "../explore/wording";
import { OWN_KEYS } from "../view/own-keys";
import type { PageShade } from "../view/theme";
import type { News } from "./announcer";
import { createAttention } from "./attention";
import { Beside } from "./beside";
import { List } from "./list";
import { Problems, problemsInShort } from "./problems";
import type { Seat } from "./seat";
import { asked, held, toggled } from "./state/wants";
import { nameOf, type Word, type Words } from "./state/words";
import { Tabs } from "./tabs";
import { Tiles } from "./tiles";
import { Tools } from "./tools";

interface Props {
  readonly seat: Seat;
  readonly nowMs: number;
  readonly shade: PageShade;
  readonly show: Show;
}

export function Inbox({ seat, nowMs, shade, show }: Props): JSX.Element {
  const [known, wants] = [seat.known(), seat.wants()];
  const words: Words = useMemo(() => wording<Word>(known.words, known.locale), [known.words, known.locale]);
  const search = useRef<HTMLInputElement | null>(null);
  const list = useRef<HTMLDivElement | null>(null);
  const attention = useAttention(seat);
  if (known.revision === 0 && known.locale === "en" && Object.keys(known.words).length === 0) {
    return (
      <section class="ipg-root ipg-inbox-part ipg-inbox-waits" data-shade={shade} data-revision="0">
        <p>{waitingForKernel(navigator.languages)}</p>
      </section>
    );
  }
  const change = (query: Parameters<typeof asked>[1]): void => seat.want((now) => asked(now, query));
  // A button that goes leaves the focus here.
  const goToList = (): void => list.current?.focus({ preventScroll: true });
  const isOpen = known.selected !== "";
  return (
    // biome-ignore lint/a11y/useSemanticElements: a section within the sections of its parts would nest their roots
    <div
      class="ipg-inbox-frame"
      role="region"
      aria-label={words("inbox")}
      lang={known.locale}
      data-open={isOpen}
      data-revision={known.revision}
      {...OWN_KEYS}
    >
      <Tiles {...{ known, words, nowMs, shade }} />
      <section class="ipg-root ipg-inbox-part ipg-inbox-rows" data-shade={shade} aria-label={words("list")}>
        <Tabs query={wants.query} counts={known.counts} words={words} onChange={change} />
        <Tools
          {...{ known, wants, words, search }}
          onChange={change}
          onUpdate={() => {
            attention.left();
            goToList();
            seat.want((now) => held(now, false));
          }}
        />
        <Problems problems={known.problems} words={words} />
        <List
          {...{ known, wants, words, nowMs, attention }}
          box={list}
          page={seat.page}
          onWant={seat.want}
          onFold={(group) => seat.want((now) => toggled(now, group))}
          onOpen={(id) => seat.select(id)}
          onSearch={() => search.current?.focus()}
        />
        <p class="ipg-hidden" role="status">
          {spoken(seat.said(), words)}
        </p>
      </section>
      <Beside
        {...{ known, words, shade, show, nowMs }}
        onClose={() => {
          goToList();
          seat.select("");
        }}
      />
    </div>
  );
}

function useAttention(seat: Seat): ReturnType<typeof createAttention> {
  const closing = useMemo(() => new AbortController(), []);
  useLayoutEffect(() => () => closing.abort(), [closing]);
  return useMemo(
    () => createAttention((isPaid) => seat.want((now) => held(now, isPaid)), closing.signal),
    [seat, closing],
  );
}

/** What is read out: who waits since now, and what has stopped working. */
function spoken(said: News | null, words: Words): string {
  if (said === null) return "";
  return [newcomers(said, words), problemsInShort(said.problems, words)].filter(Boolean).join(". ");
}

function newcomers({ rows: [row], count }: News, words: Words): string {
  if (row === undefined) return "";
  if (count > 1) return words("newWaitingMany", { count });
  return words("newWaiting", { name: nameOf(row, words), queue: row.queue || words("noQueue") });
}

// One view of a conversation, from the header down to the composer.

import type { JSX } from "preact";
import { useMemo, useRef, useState } from "preact/hooks";
import type { Actions } from "../kernel/actions";
import { cannotSend } from "../state/banner";
import { draftMessage } from "../state/rows";
import type { Store } from "../state/store";
import { WATCHED_AT_MOST } from "../text/a11y";
import { Composer } from "./composer/composer";
import { DropZone } from "./composer/drop-zone";
import { Header } from "./header";
import { isChord, isCommand, isWriting, tellHost } from "./keys";
import { focusedIn } from "./list/articles";
import { type ListProps, MessageList } from "./list/message-list";
import type { Place } from "./list/reader";
import { MessageDetail } from "./message/detail";
import { Announcer } from "./notices/announcer";
import { ConnectionBanner } from "./notices/connection-banner";
import { ErrorLine } from "./notices/error-line";
import { RecencyLine } from "./notices/recency-line";
import { TypingLine } from "./notices/typing-line";
import type { PageShade } from "./theme";
import { DateBar } from "./tools/date-bar";
import { SearchBar } from "./tools/search-bar";
import { Tools } from "./tools/tools";
import { useServices } from "./use-services";
import { drawAfterFrame, useViewState } from "./use-view-state";

interface Props {
  readonly store: Store;
  readonly actions: Actions;
  readonly shade: PageShade;
}

export function Conversation({ store, actions, shade }: Props): JSX.Element {
  const state = useViewState(store, drawAfterFrame);
  const box = useRef<HTMLTextAreaElement | null>(null);
  const root = useRef<HTMLElement | null>(null);
  const list = useRef<MessageList | null>(null);
  const spoken = useServices(actions, state);
  const { strings } = spoken;
  const obstacle = cannotSend(state, strings);
  const { looksOn } = state;
  const mayPick = state.canAnswer && !looksOn && obstacle === null;
  const isMarkdown = state.capabilities.has("markdown");
  const services = useMemo(
    () => ({ ...spoken, mayPick, looksOn, isMarkdown }),
    [spoken, mayPick, looksOn, isMarkdown],
  );
  const newest = useMemo(
    () => [
      ...state.messages.slice(-WATCHED_AT_MOST),
      ...state.drafts.map((draft) => draftMessage(draft, strings)),
    ],
    [state.messages, state.drafts, strings],
  );
  const addFiles = (files: readonly File[]): void => {
    if (state.uploads === null) return;
    actions.uploads.add(files, state.uploads);
    box.current?.focus({ preventScroll: true });
  };
  const [tool, setTool] = useState<"search" | "date" | null>(null);
  const [asked, setAsked] = useState(0);
  const before = useRef<{ place: Place; focus: HTMLElement | null } | null>(null);
  const open = (wanted: "search" | "date"): void => {
    if (tool !== wanted && list.current !== null && root.current !== null) {
      before.current = { place: list.current.place(), focus: focusedIn(root.current) as HTMLElement | null };
    }
    setTool(wanted);
    setAsked(asked + 1);
  };
  const close = (goesBack: boolean): void => {
    setTool(null);
    if (goesBack && before.current !== null) list.current?.goBack(before.current.place);
    const focus = before.current?.focus;
    (focus?.isConnected ? focus : (box.current ?? root.current))?.focus({ preventScroll: true });
  };
  const onShortcut = (event: KeyboardEvent): void => {
    const isFind = isChord(event, "f") && state.link === "live";
    if (isFind) {
      event.preventDefault();
      open("search");
    } else if (isChord(event, "s")) tellHost(event, root.current?.parentElement);
    else return;
    event.stopPropagation();
  };
  // The host's shortcuts are not meant in here: in a notebook, a letter may cut a cell.
  const onKeyDown = (event: KeyboardEvent): void => {
    if (isWriting(event)) box.current?.focus({ preventScroll: true });
    if (!isCommand(event) || event.key === "Enter") event.stopPropagation();
  };
  const tellsTyping = state.epoch === null || state.capabilities.has("send_typing");
  return (
    <section
      ref={root}
      class="ipg-root"
      lang={services.locale}
      aria-label={strings.conversation}
      data-shade={shade}
      data-link={state.link}
      data-connection={state.status}
      data-looks-on={looksOn}
      // A click on whatever takes no focus leaves it in the view.
      tabIndex={-1}
      data-lm-suppress-shortcuts="true"
      onKeyDownCapture={onShortcut}
      onKeyDown={onKeyDown}
    >
      <Header state={state} strings={strings}>
        <Tools
          state={state}
          services={services}
          isSearching={tool === "search"}
          onSearch={() => open("search")}
          onDate={() => open("date")}
          onUnread={() => list.current?.goTo({ where: "first-unread" })}
          onSelect={() => list.current?.select()}
        />
      </Header>
      {tool === "search" && <SearchBar state={state} services={services} asked={asked} onClose={close} />}
      {tool === "date" && (
        <DateBar
          state={state}
          services={services}
          onGo={(timeMs) => list.current?.goTo({ where: "time", timeMs })}
          onFound={() => setTool(null)}
          onClose={() => close(false)}
        />
      )}
      <ConnectionBanner state={state} services={services} />
      {useMemo(
        () => (
          <Messages
            handle={list}
            store={store}
            services={services}
            onEscape={() => box.current?.focus({ preventScroll: true })}
          />
        ),
        [services],
      )}
      <div class="ipg-foot">
        <TypingLine names={state.typing} strings={strings} />
        <RecencyLine state={state} services={services} />
      </div>
      <ErrorLine error={state.error} services={services} />
      {looksOn ? (
        <div class="ipg-looks-on">{strings.looksOn}</div>
      ) : (
        <Composer
          services={services}
          obstacle={obstacle}
          tellsTyping={tellsTyping}
          textLimit={state.textLimit}
          uploads={state.uploads}
          onSent={() => list.current?.sent()}
          onUp={() => list.current?.enter()}
          hint={state.hint}
          keptAs={state.conversation ?? state.epoch}
          box={box}
        />
      )}
      <DropZone
        takes={state.uploads !== null && !looksOn && obstacle === null}
        words={strings.uploads}
        onFiles={addFiles}
      />
      <MessageDetail state={state} services={services} root={root} />
      <Announcer state={state} messages={newest} services={services} />
    </section>
  );
}

/** The list follows the store by itself, and first: all else here is drawn when a message is in sight. */
function Messages({ store, ...props }: Omit<ListProps, "state"> & { store: Store }): JSX.Element {
  return <MessageList {...props} state={useViewState(store)} />;
}

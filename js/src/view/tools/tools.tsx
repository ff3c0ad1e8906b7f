// What the header offers: search, the way to a day and to what is unread, transcripts; and what became of them.

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { TranscriptFormat } from "../../kernel/transcripts";
import type { Reason, ViewState } from "../../state/store";
import { IconButton } from "../kit/icon-button";
import { CloseIcon, MoreIcon, SearchIcon } from "../kit/icons";
import { FailureWords } from "../kit/kernel-words";
import type { Services } from "../kit/services";
import { Menu, type MenuItem } from "./menu";

const FORMATS: readonly (readonly [TranscriptFormat, string])[] = [
  ["json", "JSON"],
  ["csv", "CSV"],
  ["md", "Markdown"],
  ["html", "HTML"],
];
const NOTE_MS = 6_000;

interface Props {
  readonly state: ViewState;
  readonly services: Services;
  readonly isSearching: boolean;
  readonly onSearch: () => void;
  readonly onDate: () => void;
  readonly onUnread: () => void;
  readonly onSelect: () => void;
}

export function Tools(props: Props): JSX.Element | null {
  const { state, services, isSearching, onSearch, onDate, onUnread, onSelect } = props;
  const { actions, strings } = services;
  const words = strings.tools;
  const [note, setNote] = useState<ComponentChildren>("");
  useEffect(() => {
    // That it failed stays until it is dismissed, or until there is something else to say.
    if (typeof note !== "string" || note === words.making) return;
    const timer = setTimeout(() => setNote(""), NOTE_MS);
    return () => clearTimeout(timer);
  }, [note]);

  const save = (format: TranscriptFormat): void => {
    setNote(words.making);
    actions.transcripts.request(format).then(
      (file) => {
        const name = `conversation.${format}`;
        download(file, name);
        setNote(words.saved(name));
      },
      (why: Reason) =>
        setNote(
          <>
            <FailureWords what={words.saveFailed} why={why} services={services} />
            <IconButton label={strings.dismiss} onClick={() => setNote("")}>
              <CloseIcon />
            </IconButton>
          </>,
        ),
    );
  };
  const items: MenuItem[] = [
    { label: words.goToDate, onPick: onDate },
    ...(state.messages.length > 0 ? [{ label: words.select, onPick: onSelect }] : []),
    ...(state.unreadCount > 0 ? [{ label: strings.jumpToUnread, onPick: onUnread }] : []),
    ...FORMATS.map(([format, name], i) => ({
      label: words.exportAs(name),
      startsGroup: i === 0,
      onPick: () => save(format),
    })),
  ];
  if (state.link !== "live") return null;
  return (
    <div class="ipg-tools">
      <span class="ipg-note" aria-live="polite">
        {note}
      </span>
      <IconButton label={words.search} aria-expanded={isSearching} onClick={onSearch}>
        <SearchIcon />
      </IconButton>
      <Menu label={words.menu} icon={<MoreIcon />} items={items} />
    </div>
  );
}

function download(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

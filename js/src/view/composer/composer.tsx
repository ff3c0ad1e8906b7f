// Where the user writes: a text box that grows, Enter to send. The draft stays in the page until it is sent.

import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { type ComposerStep, initialComposer, sent, stopped, typed } from "../../kernel/composer";
import { roomLeft } from "../../kernel/text-length";
import { accepted } from "../../kernel/upload-rules";
import type { ComposingStopped, TextLimit, UploadRules } from "../../protocol.gen";
import { AttachIcon, SendIcon } from "../kit/icons";
import { isComposing } from "../kit/is-composing";
import type { Services } from "../kit/services";
import { useUploads } from "../kit/use-uploads";
import { leaveDraft, takeLeftDraft } from "./left-draft";
import { WaitingFiles } from "./waiting-files";

interface Props {
  readonly services: Services;
  /** Why nothing can be written; null when it can. */
  readonly obstacle: string | null;
  readonly tellsTyping: boolean;
  /** How long a message may be; null where nobody has said. */
  readonly textLimit: TextLimit | null;
  /** What files may be sent; null when none. */
  readonly uploads: UploadRules | null;
  /** What might be said next; empty: who knows. */
  readonly hint: string;
  readonly onSent: () => void;
  /** To the messages. */
  readonly onUp: () => void;
  /** What the page keeps for the conversation has this name; null before the kernel has answered. */
  readonly keptAs: string | null;
  readonly box: { current: HTMLTextAreaElement | null };
}

/** On a phone, whose keyboard is on its screen. */
const isByThumb = (): boolean => matchMedia("(hover: none) and (pointer: coarse)").matches;

export function Composer(props: Props): JSX.Element {
  const { services, obstacle, tellsTyping, textLimit, uploads, hint, onSent, onUp, keptAs, box } = props;
  const { actions, strings } = services;
  const placeholder = obstacle === null ? hint || strings.placeholder : "";
  const [isEmpty, setEmpty] = useState(true);
  const [room, setRoom] = useState<number | null>(null);
  const isTooLong = room !== null && room < 0;
  const [isRefused, setRefused] = useState(false);
  const files = useUploads(actions.uploads).uploads;
  const hasFiles = files.some((each) => each.phase === "waiting" && each.objection === null);
  const dialog = useRef<HTMLInputElement>(null);
  const takesFiles = uploads !== null && obstacle === null;
  const addFiles = (added: readonly File[]): void => {
    if (uploads !== null) actions.uploads.add(added, uploads);
  };
  const name = useRef(keptAs);
  name.current = keptAs;
  const policy = useRef(initialComposer);
  const tells = useRef(tellsTyping);
  tells.current = tellsTyping;

  const step = ([next, signal]: ComposerStep): void => {
    policy.current = next;
    if (signal !== null && tells.current) actions.tell(signal);
  };
  const stop = (reason: ComposingStopped["reason"]): void => step(stopped(policy.current, reason));

  const changed = (text: string): void => {
    setEmpty(text.trim() === "");
    setRoom(roomLeft(text, textLimit));
    setRefused(false);
    // The style sheet makes room for these words, and never takes it away to measure them.
    if (box.current?.parentElement) box.current.parentElement.dataset.words = text || placeholder;
  };

  const submit = (): void => {
    const area = box.current;
    if (area === null || obstacle !== null || isTooLong) return;
    const text = area.value.trim() === "" ? "" : area.value;
    if (!(takesFiles && actions.uploads.send(text))) {
      if (text === "") return;
      actions.send(text);
    }
    area.value = "";
    // A page that went and came back, as browsers let it, has left it too.
    takeLeftDraft(keptAs);
    changed("");
    step(sent());
    area.focus({ preventScroll: true });
    onSent();
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    // The host's shortcuts are not meant when the user writes: Shift+Enter would run the cell.
    event.stopPropagation();
    if (isComposing(event)) return;
    if (event.shiftKey || event.altKey || event.ctrlKey || event.metaKey) return;
    // There Shift is no key to hold, and the button is under the thumb.
    if (event.key === "Enter" && isByThumb()) return;
    const isUp = (event.key === "ArrowUp" || event.key === "PageUp") && box.current?.value === "";
    if (!isUp && event.key !== "Enter") return;
    event.preventDefault();
    if (isUp) onUp();
    else submit();
  };

  // At once, not after painting: the end of the typing must be told before the view says goodbye.
  useLayoutEffect(() => {
    const page = box.current?.ownerDocument;
    const mounted = new AbortController();
    const onHidden = (): void => {
      if (page?.visibilityState === "hidden") stop("hidden");
    };
    const leave = (): void => {
      stop("closed");
      leaveDraft(name.current, box.current?.value);
    };
    page?.addEventListener("visibilitychange", onHidden, { signal: mounted.signal });
    page?.defaultView?.addEventListener("pagehide", leave, { signal: mounted.signal });
    return () => {
      mounted.abort();
      leave();
    };
  }, []);

  // An earlier view has left it: of this page, of the one before a reload, of the Chat before the cell was run again.
  useLayoutEffect(() => {
    const area = box.current;
    if (area === null || area.value !== "") return;
    area.value = takeLeftDraft(keptAs);
    changed(area.value);
  }, [keptAs, placeholder]);

  useEffect(() => {
    if (obstacle !== null) stop("blurred");
  }, [obstacle !== null]);

  return (
    <form
      class="ipg-composer"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {obstacle !== null && <div class="ipg-obstacle">{obstacle}</div>}
      {isRefused && (
        <div class="ipg-obstacle" role="alert">
          {strings.uploads.none}
        </div>
      )}
      <WaitingFiles rules={uploads} services={services} />
      <div class="ipg-composer-row">
        {uploads !== null && (
          <button
            type="button"
            class="ipg-attach"
            title={strings.uploads.attach}
            disabled={obstacle !== null}
            onClick={() => dialog.current?.click()}
          >
            <AttachIcon />
          </button>
        )}
        {uploads !== null && (
          <input
            ref={dialog}
            type="file"
            class="ipg-hidden"
            tabIndex={-1}
            aria-hidden="true"
            multiple
            accept={accepted(uploads)}
            onChange={(event) => {
              addFiles([...(event.currentTarget.files ?? [])]);
              // The same file may be chosen again after it was taken away.
              event.currentTarget.value = "";
              box.current?.focus({ preventScroll: true });
            }}
          />
        )}
        <div class="ipg-draft">
          <textarea
            ref={box}
            class="ipg-box"
            rows={1}
            dir="auto"
            enterkeyhint={isByThumb() ? "enter" : "send"}
            aria-label={strings.composer}
            placeholder={placeholder}
            title={obstacle ?? strings.composerHint}
            // Not disabled: the focus stays, and what was begun can be copied.
            readOnly={obstacle !== null}
            aria-disabled={obstacle !== null}
            onInput={(event) => {
              changed(event.currentTarget.value);
              step(typed(policy.current, event.currentTarget.value, performance.now()));
            }}
            onKeyDown={onKeyDown}
            onPaste={(event) => {
              const pasted = [...(event.clipboardData?.files ?? [])];
              // A spreadsheet's cells come as text and as a picture: the text is meant.
              if (pasted.length === 0 || event.clipboardData?.types.includes("text/plain")) return;
              event.preventDefault();
              if (takesFiles) addFiles(pasted);
              else setRefused(obstacle === null);
            }}
            onBlur={() => stop("blurred")}
          />
        </div>
        <button
          type="submit"
          class="ipg-send"
          title={strings.send}
          disabled={(isEmpty && !hasFiles) || isTooLong || obstacle !== null}
          // Keeps the focus, and with it a phone's keyboard, in the text box.
          onMouseDown={(event) => event.preventDefault()}
        >
          <SendIcon />
        </button>
      </div>
      {textLimit !== null && room !== null && <Room left={room} limit={textLimit} strings={strings} />}
    </form>
  );
}

/** Said aloud only once there is too much: counting every key would drown the typing. */
function Room({
  left,
  limit,
  strings,
}: {
  left: number;
  limit: TextLimit;
  strings: Services["strings"];
}): JSX.Element {
  const isOver = left < 0;
  return (
    <div class="ipg-room" data-over={isOver} aria-live={isOver ? "polite" : "off"}>
      {isOver ? strings.tooLong[limit.unit](-left, limit.most) : strings.room[limit.unit](left)}
    </div>
  );
}

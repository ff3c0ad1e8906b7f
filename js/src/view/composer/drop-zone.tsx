// Says whether files may be dropped while some are dragged over the conversation, and takes them.

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { AttachIcon, CloseIcon } from "../kit/icons";
import type { Services } from "../kit/services";

interface Props {
  /** Files can be sent now. */
  readonly takes: boolean;
  readonly words: Services["strings"]["uploads"];
  readonly onFiles: (files: readonly File[]) => void;
}

const holdsFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;

/** Fills its parent, which is what takes the files. */
export function DropZone({ takes, words, onFiles }: Props): JSX.Element {
  const marker = useRef<HTMLDivElement>(null);
  const [isOver, setOver] = useState(false);
  const now = useRef({ takes, onFiles });
  now.current = { takes, onFiles };
  useEffect(() => {
    const zone = marker.current?.parentElement;
    const mounted = new AbortController();
    const { signal } = mounted;
    const over = (event: DragEvent): void => {
      if (!holdsFiles(event)) return;
      // The host, and the browser after it, would open the file.
      event.preventDefault();
      event.stopPropagation();
      if (event.dataTransfer !== null) event.dataTransfer.dropEffect = now.current.takes ? "copy" : "none";
      setOver(true);
    };
    zone?.addEventListener("dragenter", over, { signal });
    zone?.addEventListener("dragover", over, { signal });
    zone?.addEventListener(
      "dragleave",
      (event) => {
        if (!(event.relatedTarget instanceof Node && zone.contains(event.relatedTarget))) setOver(false);
      },
      { signal },
    );
    zone?.addEventListener(
      "drop",
      (event) => {
        if (!holdsFiles(event)) return;
        event.preventDefault();
        event.stopPropagation();
        setOver(false);
        if (now.current.takes) now.current.onFiles([...(event.dataTransfer?.files ?? [])]);
      },
      { signal },
    );
    return () => mounted.abort();
  }, []);
  return (
    <div ref={marker} class="ipg-drop" data-shown={isOver ? "true" : "false"} aria-hidden={!isOver}>
      {isOver && (
        <span>
          {takes ? <AttachIcon /> : <CloseIcon />}
          {takes ? words.drop : words.none}
        </span>
      )}
    </div>
  );
}

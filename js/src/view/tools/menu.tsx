// A button that opens a menu: arrows move, Esc and Tab close it, the focus goes back to the button.

import type { ComponentChild, JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { IconButton } from "../kit/icon-button";

export interface MenuItem {
  readonly label: string;
  /** The first of a group that is set apart from what stands before it. */
  readonly startsGroup?: boolean;
  readonly onPick: () => void;
}

interface Props {
  readonly label: string;
  readonly icon: ComponentChild;
  readonly items: readonly MenuItem[];
}

export function Menu({ label, icon, items }: Props): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement | null>(null);
  const list = useRef<HTMLDivElement | null>(null);
  const entries = (): HTMLElement[] => [
    ...(list.current?.querySelectorAll<HTMLElement>("[role=menuitem]") ?? []),
  ];
  useLayoutEffect(() => {
    if (isOpen) entries()[0]?.focus({ preventScroll: true });
  }, [isOpen]);

  const close = (): void => {
    setOpen(false);
    button.current?.focus({ preventScroll: true });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    event.stopPropagation();
    const all = entries();
    const at = all.indexOf(event.target as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (to !== undefined) all.at(to % all.length)?.focus({ preventScroll: true });
    // Tab goes on from the button.
    else if (event.key === "Escape" || event.key === "Tab") close();
    if (to !== undefined || event.key === "Escape") event.preventDefault();
  };

  return (
    <div
      class="ipg-menu-place"
      onFocusOut={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOpen(false);
      }}
    >
      <IconButton
        ref={button}
        label={label}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
        onKeyDown={(event) => {
          if (event.key !== "ArrowDown") return;
          event.preventDefault();
          setOpen(true);
        }}
      >
        {icon}
      </IconButton>
      {isOpen && (
        <div ref={list} class="ipg-menu" role="menu" aria-label={label} tabIndex={-1} onKeyDown={onKeyDown}>
          {items.map((item) => (
            <button
              key={item.label}
              type="button"
              role="menuitem"
              tabIndex={-1}
              class={item.startsGroup ? "ipg-menu-item ipg-menu-group" : "ipg-menu-item"}
              onClick={() => {
                close();
                item.onPick();
              }}
            >
              {item.label}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

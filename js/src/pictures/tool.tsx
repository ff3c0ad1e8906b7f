// A small button whose sign is short, and whose name says what it does.

import type { ComponentChildren, JSX } from "preact";

interface Props {
  readonly label: string;
  readonly onClick: () => void;
  readonly children: ComponentChildren;
}

export const Tool = ({ label, onClick, children }: Props): JSX.Element => (
  <button class="ipg-tool" type="button" aria-label={label} title={label} onClick={onClick}>
    {children}
  </button>
);

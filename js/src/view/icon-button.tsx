// A button that shows an icon and says its label, to those who point at it and to those who listen.

import type { ComponentProps, JSX } from "preact";

type Props = Omit<ComponentProps<"button">, "label"> & { readonly label: string };

export const IconButton = ({ label, ...others }: Props): JSX.Element => (
  <button type="button" class="ipg-icon-button" aria-label={label} title={label} {...others} />
);

// A button that shows an icon and says its label, to those who point at it and to those who listen.

import type { ComponentProps, JSX } from "preact";

type Props = Omit<ComponentProps<"button">, "label"> & { readonly label: string };

/** Its title is its name, which a label of the same words would have read out twice. */
export const IconButton = ({ label, title, ...others }: Props): JSX.Element => (
  <button
    type="button"
    class="ipg-icon-button"
    aria-label={title && label}
    title={title ?? label}
    {...others}
  />
);

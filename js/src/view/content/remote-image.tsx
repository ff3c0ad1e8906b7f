// An image that somebody else keeps: its place is reserved, and it is fetched only when the user asks for it.

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { pageHref } from "../../text/links";
import { ImageIcon } from "../kit/icons";
import type { Services } from "../kit/services";

interface Props {
  readonly url: string;
  /** What it shows, in words; may be empty. */
  readonly label: string;
  readonly services: Services;
  readonly onFailed?: () => void;
}

export function RemoteImage({ url, label, services, onFailed }: Props): JSX.Element | null {
  const words = services.strings.content;
  const [wanted, setWanted] = useState<string | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const href = pageHref(url);
  if (href === null) return null;
  const { host } = new URL(href);
  if (wanted === href && failed !== href) {
    return (
      <div class="ipg-image">
        <img
          src={href}
          alt={label || words.image}
          referrerpolicy="no-referrer"
          decoding="async"
          draggable={false}
          onError={() => {
            setFailed(href);
            onFailed?.();
          }}
        />
      </div>
    );
  }
  return (
    <div class="ipg-image ipg-image-waiting">
      {failed === href && <span role="status">{words.imageFailed}</span>}
      <button
        type="button"
        class="ipg-option"
        onClick={() => {
          setFailed(null);
          setWanted(href);
        }}
      >
        <ImageIcon />
        {words.showImage}
      </button>
      <small class="ipg-image-host" dir="ltr">
        {host}
      </small>
    </div>
  );
}

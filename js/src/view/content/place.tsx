// A place: its name and address, and a link to see it.

import type { JSX } from "preact";
import type { Location } from "../../protocol.gen";
import { displayName, displayText } from "../../text/format";
import { pageHref } from "../../text/links";
import { LinkIcon, PinIcon } from "../kit/icons";
import type { Services } from "../kit/services";

export function Place({ place, services }: { place: Location; services: Services }): JSX.Element {
  const { latitude, longitude } = place;
  const href = place.url === null ? null : pageHref(place.url);
  const point = latitude === null || longitude === null ? "" : `${latitude}, ${longitude}`;
  const name = displayName(place.name) || displayName(place.address) || point;
  return (
    <div class="ipg-place">
      <PinIcon />
      <div dir="auto">
        <div class="ipg-card-title">{name}</div>
        {place.address !== "" && place.name !== "" && <div>{displayText(place.address)}</div>}
        {point !== "" && point !== name && (
          <small class="ipg-image-host" dir="ltr">
            {point}
          </small>
        )}
      </div>
      {href !== null && (
        <a class="ipg-option" href={href} title={href} target="_blank" rel="noopener noreferrer">
          {services.strings.content.openMap}
          <LinkIcon />
        </a>
      )}
    </div>
  );
}

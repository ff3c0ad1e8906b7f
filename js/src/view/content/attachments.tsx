// Files of a message: name, type, size; pictures on demand, our own at once; how far ours have come.

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { ViewAttachment, ViewMessage } from "../../protocol.gen";
import { displayName, type Format } from "../../text/format";
import { pageHref } from "../../text/links";
import { IconButton } from "../kit/icon-button";
import { CloseIcon, DownloadIcon, FileIcon, ImageIcon } from "../kit/icons";
import { ProgressBar } from "../kit/progress-bar";
import type { Services } from "../kit/services";
import { useUploads } from "../kit/use-uploads";
import { RemoteImage } from "./remote-image";

/** Genesys' addresses live for about ten minutes. */
const LINK_LIFE_MS = 9 * 60_000;
/** What a browser draws by itself and that cannot hold a script. */
const DRAWABLE = /^image\/(png|jpe?g|gif|webp|avif|bmp)$/i;

interface Props {
  readonly message: ViewMessage;
  readonly services: Services;
}

export function Attachments({ message, services }: Props): JSX.Element {
  const preview = services.actions.uploads.preview(message.draftId);
  return (
    <>
      {preview !== null && (
        <div class="ipg-own-image" style={{ aspectRatio: preview.aspect }}>
          <img src={preview.url} alt={displayName(message.attachments[0]?.name ?? "")} draggable={false} />
        </div>
      )}
      <ul class="ipg-files">
        {message.attachments.map((file, i) => (
          <li key={i}>
            <File file={file} message={message} isShown={preview !== null} services={services} />
          </li>
        ))}
      </ul>
      {message.isOwn && message.status === "sending" && <Sending message={message} services={services} />}
    </>
  );
}

interface FileProps extends Props {
  readonly file: ViewAttachment;
  /** Its picture stands above. */
  readonly isShown: boolean;
}

function File({ file, message, isShown, services }: FileProps): JSX.Element {
  const { actions, strings } = services;
  const [hasFailed, setFailed] = useState<string | null>(null);
  const [first] = useState(file.url);
  const isFresh = file.url !== first || services.clock.now() - message.timeMs < LINK_LIFE_MS;
  const canRenew = file.canRefresh && (!isFresh || hasFailed === file.url);
  const isPicture = !isShown && file.url !== null && DRAWABLE.test(file.mediaType ?? "");
  return (
    <div class={isPicture ? "ipg-picture" : undefined}>
      {isPicture && file.url !== null && (
        <RemoteImage
          url={file.url}
          label={displayName(file.name)}
          services={services}
          onFailed={() => setFailed(file.url)}
        />
      )}
      <Chip file={file} services={services} />
      {canRenew && (
        <button type="button" class="ipg-text-button" onClick={() => actions.newLinks(message.id)}>
          {strings.content.newLink}
        </button>
      )}
    </div>
  );
}

function Chip({ file, services }: { file: ViewAttachment; services: Services }): JSX.Element {
  const size = sizeOf(file, services.format);
  const type = typeOf(file);
  const name = displayName(file.name);
  const href = file.url === null ? null : pageHref(file.url);
  const inside = (
    <>
      {DRAWABLE.test(file.mediaType ?? "") ? <ImageIcon /> : <FileIcon />}
      <bdi class="ipg-file-name">{name}</bdi>
      {type && " "}
      {type && <span class="ipg-file-type">{type}</span>}
      {size && " "}
      {size && <span class="ipg-file-size">{size}</span>}
      {href !== null && <DownloadIcon />}
    </>
  );
  if (href === null) return <span class="ipg-file">{inside}</span>;
  return (
    <a
      class="ipg-file"
      href={href}
      title={services.strings.content.download(name)}
      target="_blank"
      rel="noopener noreferrer"
      download
    >
      {inside}
    </a>
  );
}

/** A file of ours that the kernel is sending: how far it is, and a way to stop it. */
function Sending({ message, services }: Props): JSX.Element | null {
  const { actions, strings } = services;
  const { progress } = useUploads(actions.uploads);
  const name = displayName(message.attachments[0]?.name ?? "");
  const draftId = message.draftId ?? "";
  const share = progress.get(draftId) ?? 0;
  return (
    <div class="ipg-uploading">
      {/* The first half was the way from this page to the kernel. */}
      <ProgressBar
        label={strings.uploads.sending(name)}
        share={actions.uploads.isFromHere(draftId) ? 0.5 + share / 2 : share}
      />
      <IconButton
        label={`${strings.uploads.cancel}: ${name}`}
        title={strings.uploads.cancel}
        onClick={() => actions.discard(message)}
      >
        <CloseIcon />
      </IconButton>
    </div>
  );
}

const sizeOf = (file: ViewAttachment, format: Format): string =>
  file.sizeBytes === null ? "" : format.size(file.sizeBytes);

/** The type in one short word, where the name does not say it. */
function typeOf(file: ViewAttachment): string {
  const type = displayName(file.mediaType?.split("/").at(-1) ?? "");
  const isTelling = /^[a-z0-9]{2,8}$/i.test(type) && type !== "stream";
  return isTelling && !file.name.toLowerCase().endsWith(`.${type.toLowerCase()}`) ? type : "";
}

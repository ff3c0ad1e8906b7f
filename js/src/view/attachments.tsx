// Files that came with a message: name and size, opened only by a click.

import { displayName, type Format } from "../format";
import { safeHref } from "../links";
import type { ViewAttachment } from "../protocol.gen";
import { FileIcon } from "./icons";
import type { Services } from "./services";

export function Attachments({ files, services }: { files: readonly ViewAttachment[]; services: Services }) {
  return (
    <ul class="ipg-files">
      {files.map((file, i) => (
        <li key={i}>
          <Chip file={file} services={services} />
        </li>
      ))}
    </ul>
  );
}

function Chip({ file, services }: { file: ViewAttachment; services: Services }) {
  const size = sizeOf(file, services.format);
  const name = displayName(file.name);
  const inside = (
    <>
      <FileIcon />
      <bdi class="ipg-file-name">{name}</bdi>
      {size && " "}
      {size && <span class="ipg-file-size">{size}</span>}
    </>
  );
  const href = file.url === null ? null : safeHref(file.url);
  if (href === null) return <span class="ipg-file">{inside}</span>;
  return (
    <a class="ipg-file" href={href} target="_blank" rel="noopener noreferrer">
      {inside}
    </a>
  );
}

const sizeOf = (file: ViewAttachment, format: Format): string =>
  file.sizeBytes === null ? "" : format.size(file.sizeBytes);

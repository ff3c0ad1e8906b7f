// Files in the composer or on their way to the kernel: what they are, how far they are, what is wrong.

import type { ComponentChildren, JSX } from "preact";
import { MOST_FILES, mostBytes } from "../../kernel/upload-rules";
import type { Upload } from "../../kernel/uploads";
import type { UploadRules } from "../../protocol.gen";
import { displayName } from "../../text/format";
import { IconButton } from "../kit/icon-button";
import { CloseIcon, FileIcon } from "../kit/icons";
import { KernelWords } from "../kit/kernel-words";
import { ProgressBar } from "../kit/progress-bar";
import type { Services } from "../kit/services";
import { useUploads } from "../kit/use-uploads";

interface Props {
  readonly rules: UploadRules | null;
  readonly services: Services;
}

export function WaitingFiles({ rules, services }: Props): JSX.Element | null {
  const { actions, strings } = services;
  const { uploads, hadTooMany } = useUploads(actions.uploads);
  if (uploads.length === 0) return null;
  return (
    <ul class="ipg-waiting" aria-label={strings.uploads.waiting}>
      {uploads.map((upload) => (
        <WaitingFile key={upload.id} upload={upload} rules={rules} services={services} />
      ))}
      {hadTooMany && (
        <li>
          <span role="status">{strings.uploads.many(MOST_FILES)}</span>
        </li>
      )}
    </ul>
  );
}

function WaitingFile({ upload, rules, services }: Props & { readonly upload: Upload }): JSX.Element {
  const { actions, format, strings } = services;
  const words = strings.uploads;
  const { file, preview, phase } = upload;
  const name = displayName(file.name);
  const trouble = troubleOf(upload, rules, services);
  const isGoing = phase === "going";
  return (
    <li class={trouble === null ? "ipg-waiting-file" : "ipg-waiting-file ipg-waiting-trouble"}>
      <span class="ipg-thumbnail">
        {preview === null ? <FileIcon /> : <img src={preview.url} alt="" draggable={false} />}
      </span>
      <div class="ipg-waiting-words">
        <div class="ipg-waiting-name">
          <bdi class="ipg-file-name">{name}</bdi>
          <span class="ipg-file-size">{format.size(file.size)}</span>
        </div>
        {trouble !== null && <div role="status">{trouble}</div>}
        {isGoing && <ProgressBar label={words.sending(name)} share={upload.sentBytes / file.size / 2} />}
      </div>
      {phase === "stopped" && (
        <button type="button" class="ipg-text-button" onClick={() => actions.uploads.retry(upload.id)}>
          {strings.retry}
        </button>
      )}
      <IconButton
        label={isGoing ? `${words.cancel}: ${name}` : words.remove(name)}
        title={isGoing ? words.cancel : undefined}
        onClick={() => actions.uploads.remove(upload.id)}
      >
        <CloseIcon />
      </IconButton>
    </li>
  );
}

function troubleOf(upload: Upload, rules: UploadRules | null, services: Services): ComponentChildren {
  const { format, strings } = services;
  const words = strings.uploads;
  const name = displayName(upload.file.name);
  const { error } = upload;
  if (upload.phase === "stopped")
    return error ? <KernelWords cause={error.cause} words={error.message} services={services} /> : words.lost;
  switch (upload.objection) {
    case null:
      return null;
    case "size":
      return words.size(name, format.size(rules === null ? 0 : mostBytes(rules)));
    default:
      return words[upload.objection](name);
  }
}

// The view's drawings, inline so that nothing is fetched. All are decoration: the words stand beside them.

import type { JSX } from "preact";

function Icon({ width, d, dashes }: { width: number; d: string; dashes?: string }): JSX.Element {
  return (
    <svg class="ipg-icon" viewBox={`0 0 ${width} 16`} width={width} height="16" aria-hidden="true">
      <path d={d} stroke-dasharray={dashes} />
    </svg>
  );
}

export const ClockIcon = () => (
  <Icon width={20} d="M10 3.2a4.8 4.8 0 1 0 0 9.6 4.8 4.8 0 0 0 0-9.6M10 5.4V8l1.8 1.2" />
);
export const TickIcon = () => <Icon width={20} d="m5.6 8.6 2.8 2.8 6-6.6" />;
export const DoubleTickIcon = () => <Icon width={20} d="m2.6 8.6 2.8 2.8 6-6.6m-2.6 6 .6.6 6-6.6" />;
/** Dashed, unlike a receipt's: it is inferred. */
export const EyeIcon = () => (
  <Icon
    width={20}
    dashes="1.4 2.5"
    d="M2.6 8C4.4 5.2 6.9 3.8 10 3.8s5.6 1.4 7.4 4.2c-1.8 2.8-4.3 4.2-7.4 4.2S4.4 10.8 2.6 8M10 6.2v0a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6"
  />
);
export const FailedIcon = () => (
  <Icon width={20} d="M10 3a5 5 0 1 0 0 10 5 5 0 0 0 0-10m0 2.4v3.2m0 1.9v.1" />
);
export const UnknownIcon = () => (
  <Icon
    width={20}
    d="M10 3a5 5 0 1 0 0 10 5 5 0 0 0 0-10M8.5 6.7a1.5 1.5 0 1 1 2.2 1.3c-.5.3-.7.5-.7 1m0 1.6v.1"
  />
);
export const SendIcon = () => <Icon width={16} d="M8 13V3.4M3.8 7.4 8 3.2l4.2 4.2" />;
export const SearchIcon = () => (
  <Icon width={16} d="M7 2.8a4.2 4.2 0 1 0 0 8.4 4.2 4.2 0 0 0 0-8.4m3.2 7.4 3.2 3.2" />
);
export const MoreIcon = () => <Icon width={16} d="M3.5 8v.1M8 8v.1m4.5-.1v.1" />;
export const CopyIcon = () => <Icon width={16} d="M6 5.6h7v7.8H6zM10 5.6V2.8H3v7.8h3" />;
export const UpIcon = () => <Icon width={16} d="m4 10 4-4 4 4" />;
export const DownIcon = () => <Icon width={16} d="m4 6 4 4 4-4" />;
export const FileIcon = () => <Icon width={16} d="M9.2 2H4.6v12h6.8V4.4zM9.2 2v2.6h2.2" />;
export const CloseIcon = () => <Icon width={16} d="m4.5 4.5 7 7m0-7-7 7" />;
export const CheckIcon = () => <Icon width={16} d="m3.6 8.6 2.8 2.8 6-6.6" />;
export const LinkIcon = () => <Icon width={16} d="M9.5 3H13v3.5M12.6 3.4 7.6 8.4M6.5 4.2H3.4v8.4h8.4V9.5" />;
export const ImageIcon = () => (
  <Icon width={16} d="M2.6 3.4h10.8v9.2H2.6zm.2 7.4 3-3 2.4 2.4 1.6-1.6 3 3M10 6v.1" />
);
export const CalendarIcon = () => <Icon width={16} d="M3 4.2h10v8.6H3zm0 2.8h10M5.6 2.6v2.2m4.8-2.2v2.2" />;
export const PinIcon = () => (
  <Icon width={16} d="M8 14c3-3.4 4.2-5.4 4.2-7.4a4.2 4.2 0 0 0-8.4 0C3.8 8.6 5 10.6 8 14m0-9v.1" />
);
export const BackIcon = () => <Icon width={16} d="m10 4-4 4 4 4" />;
export const ForwardIcon = () => <Icon width={16} d="m6 4 4 4-4 4" />;
export const AttachIcon = () => (
  <Icon
    width={16}
    d="m12.6 7.4-4.7 4.7a2.7 2.7 0 0 1-3.9-3.9l5-5a1.8 1.8 0 0 1 2.6 2.6l-4.9 4.9a.9.9 0 0 1-1.3-1.3l4.3-4.3"
  />
);
export const DownloadIcon = () => <Icon width={16} d="M8 3v7M5 7.4l3 3 3-3M3.4 13h9.2" />;
export const BubblesIcon = () => (
  <svg class="ipg-icon" viewBox="0 0 48 40" width="48" height="40" aria-hidden="true">
    <path d="M8 5h20a5 5 0 0 1 5 5v7a5 5 0 0 1-5 5H15l-7 5v-5a5 5 0 0 1-5-5v-7a5 5 0 0 1 5-5zm30 9a5 5 0 0 1 5 5v7a5 5 0 0 1-5 5v5l-7-5h-9a5 5 0 0 1-4.6-3" />
  </svg>
);

// Lets a component follow the files that are on their way.

import { useEffect, useState } from "preact/hooks";
import type { Uploads, UploadsState } from "../../kernel/uploads";

export function useUploads(uploads: Uploads): UploadsState {
  const [state, setState] = useState(uploads.state());
  useEffect(() => {
    const mounted = new AbortController();
    uploads.subscribe(() => setState(uploads.state()), mounted.signal);
    setState(uploads.state());
    return () => mounted.abort();
  }, [uploads]);
  return state;
}

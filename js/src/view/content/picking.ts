// Picking what a message offers: who may, what was picked, and that it shows at once.

import { useEffect, useRef, useState } from "preact/hooks";
import type { AnswerRequested, ViewMessage } from "../../protocol.gen";
import { randomId } from "../../random-id";
import { displayText } from "../../text/format";
import type { Services } from "../kit/services";

export type Part = ViewMessage["content"][number];
export type Offer = Extract<Part, { picked: unknown }>;

/** A pick of which the kernel says nothing for so long was lost; picking again sends the same answer, not another. */
export const PICK_PATIENCE_MS = 10_000;

export interface Picking {
  readonly isOpen: boolean;
  /** Positions; null while nothing is picked. */
  readonly picked: readonly number[] | null;
  readonly pick: (picks: readonly number[], text: string, filled?: AnswerRequested["filled"]) => void;
}

export function usePicking(message: ViewMessage, part: number, offer: Offer, services: Services): Picking {
  const { actions, mayPick, strings, voice } = services;
  const [pending, setPending] = useState<readonly number[] | null>(null);
  const draftIds = useRef(new Map<string, string>());
  useEffect(() => {
    if (offer.picked !== null) {
      draftIds.current.clear();
      setPending(null);
    }
  }, [offer.picked !== null]);
  useEffect(() => {
    if (pending === null) return;
    const timer = setTimeout(() => setPending(null), PICK_PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [pending]);
  const picked = offer.picked ?? pending;
  return {
    isOpen: mayPick && picked === null,
    picked,
    pick(picks, text, filled = []) {
      const draftId = draftIds.current.get(picks.join()) ?? randomId();
      draftIds.current.set(picks.join(), draftId);
      if (!actions.answer({ draftId, messageId: message.id, part, picks: [...picks], text, filled })) return;
      setPending(picks);
      voice.say(`${strings.content.chosen} ${displayText(text)}`);
    },
  };
}

// The anywidget entry of a chat of a replay: the chat as it always is, and the player below it.

import type { RenderProps } from "@anywidget/types";
import { createEntry } from "./explore/entry";
import type { PlayerState } from "./explore.gen";
import { mountPlayer } from "./player/mount";
import { createPlayer, type Wish } from "./player/player";
import createWidget from "./widget";

/** What the chat's kernel side says of the conversation comes the same way. */
const isOfPlayer = (content: unknown): content is PlayerState =>
  typeof content === "object" && content !== null && "kind" in content && content.kind === "player";

export default function createReplay() {
  const chat = createWidget();
  const players = createEntry<unknown, Wish>(({ say }) => {
    const player = createPlayer(say, () => performance.now());
    return {
      hear: (content) => {
        if (isOfPlayer(content)) player.hear(content);
      },
      question: () => ({
        kind: "player-look",
        languages: [...navigator.languages].slice(0, 10),
        hasWords: player.state() !== null,
      }),
      isAnswered: () => player.state() !== null,
      mount: (el, signal) => mountPlayer(el, player, signal),
    };
  });
  return {
    initialize(props: Parameters<typeof chat.initialize>[0]): void {
      chat.initialize(props);
      players.initialize(props);
    },

    render({ model, el, signal }: Pick<RenderProps, "model" | "el" | "signal">): () => void {
      el.classList.add("ipg-replay");
      const [above, below] = [el.ownerDocument.createElement("div"), el.ownerDocument.createElement("div")];
      el.append(above, below);
      const ends = [
        chat.render({ model, el: above, signal }),
        players.render({ model, el: below, signal }),
        () => above.remove(),
        () => below.remove(),
      ];
      return () => {
        for (const end of ends) end();
      };
    },
  };
}

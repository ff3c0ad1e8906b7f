"""The names of queues and agents that there are rows of, counted as rows come and go."""

from __future__ import annotations

from collections import Counter

from ipygenesys._core.inbox_view.wire import InboxRow


class Names:
    """What a page can filter by."""

    def __init__(self) -> None:
        self.revision = 0
        """Goes up when a name comes or goes."""
        self._queues: Counter[str] = Counter()
        self._agents: Counter[str] = Counter()

    def change(self, before: InboxRow | None, after: InboxRow | None) -> None:
        """A row has come, changed or gone."""
        for names, was, now in (
            (self._queues, before and before.queue, after and after.queue),
            (self._agents, before and before.agent, after and after.agent),
        ):
            if was == now:
                continue
            if now:
                names[now] += 1
                self.revision += names[now] == 1
            if was:
                names[was] -= 1
                if not names[was]:
                    del names[was]
                    self.revision += 1

    @property
    def queues(self) -> list[str]:
        """By their letters."""
        return sorted(self._queues, key=str.casefold)

    @property
    def agents(self) -> list[str]:
        """By their letters."""
        return sorted(self._agents, key=str.casefold)

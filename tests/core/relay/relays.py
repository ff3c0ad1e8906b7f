"""A relay's session with all that is published of it, driven as its shell would."""

from __future__ import annotations

from ipygenesys._core.model.effects import Effect
from ipygenesys._core.model.inputs import Input
from ipygenesys._core.model.profile import Profile
from ipygenesys._core.relay.publisher import Publication, Publisher
from ipygenesys._core.relay.serving import Reply, Serving
from tests.core.driver import Driver


class RelayDriver(Driver):
    """Each step is published, and its viewers are answered."""

    def __init__(self, profile: Profile | None = None) -> None:
        super().__init__(profile)
        self.publisher = Publisher(self.session, "run")
        self.serving = Serving(self.session, self.publisher)
        self.published = [self.publisher.begin("run")]
        self.replies: list[Reply] = []

    @property
    def last(self) -> Publication:
        return self.published[-1]

    def step(self, input_: Input) -> list[Effect]:
        effects = super().step(input_)
        self.published.append(self.publisher.took(input_, effects))
        work = self.serving.stepped(input_, effects)
        self.replies += work.replies
        for each in work.inputs:
            self.step(each)
        return effects

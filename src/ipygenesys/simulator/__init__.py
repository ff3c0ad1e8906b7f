"""A local Genesys look-alike with a person on the other side, for tests and demos."""

from ipygenesys.simulator.dialogue import packaged_dialogues
from ipygenesys.simulator.scenarios import SCENARIOS
from ipygenesys.simulator.service import Simulator
from ipygenesys.simulator.settings import EXTENSIONS

__all__ = ["EXTENSIONS", "SCENARIOS", "Simulator", "packaged_dialogues"]

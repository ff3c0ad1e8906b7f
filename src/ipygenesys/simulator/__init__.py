"""A local Genesys look-alike with a person on the other side, for tests and demos."""

try:
    import aiohttp  # noqa: F401 - what is missing is better said here than by a module deep inside
except ModuleNotFoundError:
    raise ImportError('The simulator needs aiohttp: pip install "ipygenesys[simulator]"') from None

from ipygenesys.simulator.person.dialogue import packaged_dialogues
from ipygenesys.simulator.person.scenarios import SCENARIOS
from ipygenesys.simulator.service import Simulator
from ipygenesys.simulator.state.settings import EXTENSIONS

__all__ = ["EXTENSIONS", "SCENARIOS", "Simulator", "packaged_dialogues"]

# Nine conversations on a wall, by one login, one stream and one token.
import ipywidgets

import ipygenesys as ig

sim = ig.Simulator(conversations=9, person="both").start()
watcher = ig.ClientCredentials(sim.client_id, sim.client_secret)


def panel(conversation_id):
    protocol = ig.AgentMessaging(base_url=sim.base_url, conversation_id=conversation_id, credentials=watcher)
    return ig.Chat(protocol, layout={"height": "300px"})


wall = ipywidgets.GridBox(
    [panel(conversation_id) for conversation_id in sim.conversation_ids],
    layout={"grid_template_columns": "repeat(3, minmax(0, 1fr))", "grid_gap": "8px"},
)
wall

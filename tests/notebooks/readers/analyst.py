# Ten conversations are watched to their end: who wrote how much, in one table.
import ipygenesys as ig

with ig.Simulator(conversations=10, person="both", speed=40) as sim:
    watcher = ig.ClientCredentials(sim.client_id, sim.client_secret)
    where = {"base_url": sim.base_url, "credentials": watcher}
    chats = [
        ig.Chat(ig.AgentMessaging(conversation_id=id, **where), connect=True) for id in sim.conversation_ids
    ]
    for chat in chats:
        chat.wait_until(lambda chat=chat: len(chat.messages) >= 12, timeout=60)
    table = ig.table(chats)
    print(table.groupby(["conversation_id", "role"]).size().unstack())
    for chat in chats:
        chat.close()

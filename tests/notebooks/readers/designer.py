# Twelve customers ask a bot for their parcels, each in a conversation of its own.
import ipygenesys as ig

bot = [
    ["customer", "…"],
    ["agent", "What is the order number?"],
    ["customer", "…"],
    ["agent", "It comes tomorrow."],
]
with ig.Simulator(dialogue=bot, speed=40) as sim:
    for order in range(1, 13):
        with ig.Chat(ig.WebMessaging(base_url=sim.base_url, deployment_id=sim.deployment_id)) as chat:
            for line, expected in [("My parcel is late.", "number"), (f"It is {order}.", "tomorrow")]:
                answer = chat.ask(line, quiet=0.5)[-1].text
                assert expected in answer, f"order {order}: {line} -> {answer}"
            print(order, "passed:", len(chat.messages), "messages")

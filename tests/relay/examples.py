"""A relay.toml with everything in it, and the environment that it names."""

from __future__ import annotations

RELAY_TOML = """\
[redis]
url = "redis://relay@127.0.0.1:6379/0"
password_env = "RELAY_REDIS_PASSWORD"

[streams]
max_entries = 2_000
max_age_s = 3_600

[identities.signed]
secret_env = "RELAY_TOKEN_SECRET"

[identities.jupyterhub]
api_url = "http://127.0.0.1:8081/hub/api"

[[upstreams]]
name = "support"
protocol = "agent-queue"
region = "eu_west_1"
queue_ids = ["q1", "q2"]
client_id_env = "GENESYS_CLIENT_ID"
client_secret_env = "GENESYS_CLIENT_SECRET"

[[upstreams]]
name = "vip"
protocol = "agent-messaging"
region = "eu_west_1"
conversation_ids = ["c-1", "c-2"]
client_id_env = "GENESYS_CLIENT_ID"
client_secret_env = "GENESYS_CLIENT_SECRET"

[[teams]]
name = "supervisors"
users = ["ann"]
groups = ["leads"]
password_env = "SUPERVISORS_PASSWORD"
see = ["*"]
send = ["vip"]

[[teams]]
name = "coaches"
password_env = "COACHES_PASSWORD"
see = ["support"]
type = ["support/c-9"]

[[teams]]
name = "readers"
users = ["ben"]
see = ["c-1"]
read = ["c-1"]
"""
ENVIRONMENT = {
    "RELAY_REDIS_PASSWORD": "p@ss/word",
    "RELAY_TOKEN_SECRET": "a secret that is long enough for HMAC",
    "GENESYS_CLIENT_ID": "client",
    "GENESYS_CLIENT_SECRET": "client's secret",
    "SUPERVISORS_PASSWORD": "one",
    "COACHES_PASSWORD": "two",
}

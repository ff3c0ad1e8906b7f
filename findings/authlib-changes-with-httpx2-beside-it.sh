#!/usr/bin/env bash
# Authlib 1.9.10 (PyPI), its AsyncOAuth2Client of authlib.integrations.httpx_client, as programs log in at Genesys Cloud with it, httpx 0.28.1, and
# httpx2 2.16.2, which is only installed beside them, as a dependency of something else does that.
# Expected: a package that the program does not import changes nothing: the client stays one of httpx, as its module is named.
# Seen: it becomes one of httpx2, and nothing is said: `except httpx.HTTPError` catches no failure any more, httpx' MockTransport answers
# nothing in tests, and httpx.Timeout is a TypeError once a call is made. Without httpx2 all three work, with a warning that httpx is
# deprecated there.
# Fails if that changes. Needs Python 3.11 or newer; talks to 127.0.0.1 only, where nobody listens.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet authlib==1.9.10 httpx==0.28.1
cat > "$folder/program.py" <<'PY'
import asyncio
import socket

import httpx
from authlib.integrations.httpx_client import AsyncOAuth2Client

TOKEN = {"access_token": "a token", "token_type": "bearer"}


async def called(url="http://127.0.0.1:{}/api/v2/users/me", **options):
    with socket.socket() as taken:  # Bound, and not listened to.
        taken.bind(("127.0.0.1", 0))
        client = AsyncOAuth2Client("id", "secret", token=TOKEN, trust_env=False, **options)
        try:
            return (await client.get(url.format(taken.getsockname()[1]))).status_code
        except httpx.HTTPError:
            return "an error of httpx"
        except Exception as error:
            return f"{type(error).__module__}.{type(error).__name__}"


print("a client of httpx:", issubclass(AsyncOAuth2Client, httpx.AsyncClient))
print("nobody there:", asyncio.run(called()))
print("its timeout:", asyncio.run(called(timeout=httpx.Timeout(5))))
print("its mock:", asyncio.run(called(transport=httpx.MockTransport(lambda request: httpx.Response(200)))))
PY
for more in "" "httpx2==2.16.2"; do
  [ -z "$more" ] || "$folder/venv/bin/pip" install --quiet "$more"
  echo "beside it: ${more:-nothing}"
  "$folder/venv/bin/python" -W ignore "$folder/program.py" 2>/dev/null
done | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
beside it: nothing
a client of httpx: True
nobody there: an error of httpx
its timeout: an error of httpx
its mock: 200
beside it: httpx2==2.16.2
a client of httpx: False
nobody there: httpx2.ConnectError
its timeout: builtins.TypeError
its mock: builtins.AssertionError
SEEN
echo "as written above"

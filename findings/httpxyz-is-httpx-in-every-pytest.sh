#!/usr/bin/env bash
# httpxyz 0.42.1 (PyPI), a fork of httpx "for bug fixes only", installed beside httpx 0.28.1, which clients of Genesys Cloud's API
# are built on, among them ones that page through lists by the address that an answer names.
# Expected: a package that is only installed changes nothing; where it is imported in httpx' place, as it offers, calls are
# the same.
# Seen: it brings a plugin of pytest, so that in every pytest of the environment `import httpx` is httpxyz, in all libraries, though
# nobody has imported it; elsewhere that depends on which of the two a program imports first. And calls are not the same:
# httpx puts params= in the place of the address' own query, httpxyz adds them to it. So a test can pass with another request
# than the program makes.
# Fails if that changes. Needs Python 3.11 or newer; no network after the installation.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet httpxyz==0.42.1 httpx==0.28.1 pytest==9.2.0
cd "$folder"
cat > asked.py <<'PY'
def asked():
    import httpx

    client = httpx.Client(transport=httpx.MockTransport(lambda request: httpx.Response(200, text=str(request.url))))
    address = "https://api.example/queues?pageNumber=2"
    return f"{httpx.__name__} {httpx.__version__}: {client.get(address, params={'pageSize': '25'}).text}"
PY
cat > test_asked.py <<'PY'
from asked import asked


def test_asked():
    print("\nin pytest:", asked())
PY
{
  venv/bin/python -c "from asked import asked; print('alone:', asked())"
  venv/bin/python -c "import httpx, httpxyz; from asked import asked; print('httpx first:', asked())"
  venv/bin/python -c "import httpxyz, httpx; from asked import asked; print('httpxyz first:', asked())"
  venv/bin/python -m pytest -q -s -p no:cacheprovider test_asked.py | grep "in pytest:"
} | tee seen
diff seen - <<'SEEN'
alone: httpx 0.28.1: https://api.example/queues?pageSize=25
httpx first: httpx 0.28.1: https://api.example/queues?pageSize=25
httpxyz first: httpxyz 0.42.1: https://api.example/queues?pageNumber=2&pageSize=25
in pytest: httpxyz 0.42.1: https://api.example/queues?pageNumber=2&pageSize=25
SEEN
echo "as written above"

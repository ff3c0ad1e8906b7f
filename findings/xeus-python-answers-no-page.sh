#!/usr/bin/env bash
# xeus-python 0.19.0 (PyPI), a Jupyter kernel, and its comms, asked over the messaging protocol by jupyter_client 8.9.1.
# Expected: a comm that a front end opens reaches the function that its target was registered with, and what a kernel says because
# of a comm_msg names that message as its parent, as ipykernel 7.4.0 does and "Messaging in Jupyter" has it of all that results from a
# message of a front end.
# Seen: the function is never called ("type is neither movable nor copyable" on the kernel's stderr: register_target of src/xcomm.cpp hands
# an xcomm on by value), and what is said names the execute_request that ran last. ipywidgets' page that is loaded again asks in both
# ways for the state of its widgets, and takes no answer with another parent: "Loading widget..." for ever.
# Fails if that changes. Needs Python 3.11 or newer.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet xeus-python==0.19.0 jupyter_client==8.9.1 comm==0.2.3 ipykernel==7.4.0
cat >"$folder/ask.py" <<'PY'
from jupyter_client.manager import KernelManager

CODE = """
import comm
opened = []
comm.get_comm_manager().register_target("page", lambda its, message: opened.append(its.comm_id))
ours = comm.create_comm(target_name="kernel")
ours.on_msg(lambda message: ours.send({"answer": 1}))
"""


def ask(name):
    manager = KernelManager(kernel_name=name)
    manager.start_kernel(stderr=open(f"{name}.txt", "w"), stdout=open(f"{name}.out", "w"))
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=120)

    def say(kind, **content):
        message = client.session.msg(kind, content)
        client.shell_channel.send(message)
        return message["header"]["msg_id"]

    def heard(request):
        """What is said until the kernel is idle again after it."""
        while True:
            message = client.get_iopub_msg(timeout=60)
            yield message
            of_it = message["parent_header"].get("msg_id") == request
            if of_it and message["content"].get("execution_state") == "idle":
                return

    [opening] = [each for each in heard(client.execute(CODE)) if each["msg_type"] == "comm_open"]
    list(heard(say("comm_open", comm_id="one", target_name="page", data={})))
    told = [each["content"]["text"] for each in heard(client.execute("print(opened)")) if each["msg_type"] == "stream"]
    print(f"{name}: opened {''.join(told).strip()}")
    asking = say("comm_msg", comm_id=opening["content"]["comm_id"], data={})
    [answer] = [each for each in heard(asking) if each["msg_type"] == "comm_msg"]
    print(f"{name}: the answer's parent is {'it' if answer['parent_header']['msg_id'] == asking else answer['parent_header']['msg_type']}")
    client.stop_channels()
    manager.shutdown_kernel(now=True)


for kernel in ("python3", "xpython"):
    ask(kernel)
PY
cd "$folder"
JUPYTER_PREFER_ENV_PATH=1 JUPYTER_DATA_DIR="$folder/data" JUPYTER_RUNTIME_DIR="$folder/runtime" IPYTHONDIR="$folder/ipython" \
  "$folder/venv/bin/python" ask.py 2>/dev/null | tee seen
diff seen - <<'SEEN'
python3: opened ['one']
python3: the answer's parent is it
xpython: opened []
xpython: the answer's parent is execute_request
SEEN
grep -q "neither movable nor copyable" xpython.txt xpython.out
echo "as written above"

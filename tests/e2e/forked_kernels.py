"""Kernels forked from a process that has imported what each of them imports: half of a test's work is not done again.

What Jupyter starts as a kernel is this file: it asks for the fork, passes on signals, and ends with it.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import sys
import traceback
from types import FrameType


def start(address: str, *arguments: str) -> None:
    """As Jupyter's child: a kernel with our arguments, folder, variables and output."""
    wanted = {"arguments": arguments, "folder": os.getcwd(), "variables": dict(os.environ)}
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(address)
        socket.send_fds(connection, [f"{json.dumps(wanted)}\n".encode()], [0, 1, 2])
        kernel = int(connection.recv(32))

        def pass_on(number: int, _: FrameType | None) -> None:
            os.kill(kernel, number)

        signal.signal(signal.SIGINT, pass_on)
        signal.signal(signal.SIGTERM, pass_on)
        connection.recv(1)


def serve(door: socket.socket) -> None:
    """Forks for whoever comes."""
    import ipykernel.kernelapp
    import ipykernel.zmqshell  # noqa: F401

    from ipygenesys import Chat  # noqa: F401
    from ipygenesys._io.platform import source  # noqa: F401

    # What a connection needs would be imported by each kernel while its first cell runs.
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        connection, _ = door.accept()
        if os.fork() == 0:
            door.close()
            become_kernel(connection)
        connection.close()


def become_kernel(connection: socket.socket) -> None:
    import threading

    from ipykernel import kernelapp

    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    said, files, *_ = socket.recv_fds(connection, 1 << 20, 3)
    while not said.endswith(b"\n"):
        said += connection.recv(1 << 20)
    wanted = json.loads(said)
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    os.chdir(wanted["folder"])
    os.environ.clear()
    os.environ.update(wanted["variables"])
    connection.sendall(str(os.getpid()).encode())

    def end_with_who_asked() -> None:
        connection.recv(1)
        os._exit(1)

    threading.Thread(target=end_with_who_asked, daemon=True).start()
    # It ends with the process that it was forked from, too.
    sys.argv = ["ipykernel_launcher", *wanted["arguments"], f"--IPKernelApp.parent_handle={os.getppid()}"]
    try:
        kernelapp.launch_new_instance()
    except BaseException:
        # Such as when somebody else has taken a port since Jupyter chose it. Jupyter starts another kernel, with other ports,
        # once this one has ended; left alone, ipykernel 7.4.0 waits for its own sockets before it ends.
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


if __name__ == "__main__":
    if sys.argv[1:]:
        start(*sys.argv[1:])
    else:
        serve(socket.socket(fileno=0))

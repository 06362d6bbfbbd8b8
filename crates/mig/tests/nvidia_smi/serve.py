"""The simulator as one process that stays: a test that boots hundreds of machines would start Python ten thousand times.

`--serve` prints a port of 127.0.0.1 and answers until its standard input ends. A request is the folder of state.json and
board.json, then the arguments, each ended by a null byte, then one more null byte. The answer is the output and, as a
line of its own, the exit code. Every request has a process of its own, so that one that hangs stops nobody.
"""
import os
import select
import signal
import socket
import sys
import traceback


def serve(main):
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    print(listener.getsockname()[1], flush=True)
    while True:
        ready, _, _ = select.select([listener, sys.stdin], [], [])
        if sys.stdin in ready:
            return 0
        connection, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            os._exit(answer(connection, main))
        connection.close()


def answer(connection, main):
    received = b""
    while not received.endswith(b"\0\0"):
        part = connection.recv(4096)
        if not part:
            return 1
        received += part
    folder, *words = received[:-2].decode().split("\0")
    os.environ["NVIDIA_SMI_STATE"] = os.path.join(folder, "state.json")
    os.environ["NVIDIA_SMI_BOARD"] = os.path.join(folder, "board.json")
    sys.stdout.flush()
    os.dup2(connection.fileno(), 1)
    os.dup2(connection.fileno(), 2)
    try:
        code = main(words)
    except Exception:
        traceback.print_exc()
        code = 70
    print(code, flush=True)
    return 0

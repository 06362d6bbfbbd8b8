"""The simulator as one process that stays: a test that boots hundreds of machines would start Python ten thousand times.

`--serve` prints a port of 127.0.0.1 and answers until its standard input ends. A request is the folder of state.json and
board.json, then the arguments, each ended by a null byte, then one more null byte. The answer is the output and, as a
line of its own, the exit code. Every request has a thread of its own, so that one that hangs stops nobody.
"""
import io
import os
import select
import socket
import sys
import threading
import traceback

import driver


class Output:
    """Standard output and error of each thread by itself."""

    def write(self, text):
        return self.own().write(text)

    def flush(self):
        self.own().flush()

    @staticmethod
    def own():
        return getattr(driver.HERE, "output", sys.__stdout__)


def serve(main):
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    print(listener.getsockname()[1], flush=True)
    sys.stdout = sys.stderr = Output()
    while True:
        ready, _, _ = select.select([listener, sys.stdin], [], [])
        if sys.stdin in ready:
            # Threads that hang do not keep the process.
            os._exit(0)
        connection, _ = listener.accept()
        threading.Thread(target=answer, args=(connection, main), daemon=True).start()


def answer(connection, main):
    with connection:
        received = b""
        while not received.endswith(b"\0\0"):
            part = connection.recv(4096)
            if not part:
                return
            received += part
        folder, *words = received[:-2].decode().split("\0")
        driver.HERE.state = os.path.join(folder, "state.json")
        driver.HERE.board = os.path.join(folder, "board.json")
        driver.HERE.output = io.StringIO()
        try:
            code = main(words)
        except Exception:
            traceback.print_exc()
            code = 70
        # Whoever asked may have been killed meanwhile.
        try:
            connection.sendall(f"{driver.HERE.output.getvalue()}{code}\n".encode())
        except OSError:
            pass

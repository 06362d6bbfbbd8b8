"""What the driver remembers, and the faults that it has. `__main__.py` says which keys there are."""
import contextlib
import fcntl
import json
import os
import signal
import sys
import threading
import time


class Here(threading.local):
    """Where this call finds its files; `--serve` has a thread per call."""

    state = os.environ.get("NVIDIA_SMI_STATE", "/var/lib/nvidia-smi/state.json")
    board = os.environ.get("NVIDIA_SMI_BOARD", "/etc/nvidia-smi/board.json")


HERE = Here()
NO_DRIVER = (
    "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. "
    "Make sure that the latest NVIDIA driver is installed and running.\n"
)
IN_USE = "In use by another client"
FULL = "Insufficient Resources"


class Refused(Exception):
    """What nvidia-smi ends with: an exit code, and lines to print."""

    def __init__(self, code, *lines):
        super().__init__(code)
        self.code, self.lines = code, lines


@contextlib.contextmanager
def driver():
    """The state, alone; what was changed is kept. A process that is killed leaves the old file or the new one."""
    path = HERE.state
    with open(path + ".lock", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with open(path) as file:
            before = file.read()
        state = json.loads(before)
        try:
            yield state
        finally:
            after = json.dumps(state)
            if after != before:
                with open(path + ".new", "w") as file:
                    file.write(after)
                os.replace(path + ".new", path)


def load_board():
    with open(HERE.board) as file:
        return json.load(file)


def delay(state):
    time.sleep(state.get("slow", 0))


def bus(index):
    return f"00000000:{index:02X}:00.0"


def held(state, index):
    """Whether a process holds the GPU; asking is a refusal, after some of which it may let go."""
    if index not in state.get("in_use", []):
        return False
    if "in_use_refusals" in state:
        state["in_use_refusals"] -= 1
        if state["in_use_refusals"] <= 0:
            state["in_use"] = []
    return True


def selected(state, words):
    """The GPUs of `-i`, all where it is not given; one that is lost ends either."""
    if words is None:
        for index in state.get("lost", []):
            raise lost(state, index)
        return list(range(len(state["gpus"])))
    indexes = [int(word) for word in words.split(",") if word.isdigit()]
    if not indexes or any(index >= len(state["gpus"]) for index in indexes):
        raise Refused(6, "No devices were found")
    for index in indexes:
        if index in state.get("lost", []):
            raise lost(state, index)
    return indexes


def lost(state, index):
    return Refused(state.get("lost_exit", 15), lost_text(state, "GPU", index), "", "")


def lost_text(state, word, index):
    why = state.get("lost_why", "GPU is lost.  Reboot the system to recover this GPU")
    return f"Unable to determine the device handle for {word}{bus(index)[4:]}: {why}"


def tell_lost(state):
    """At the end of `-L`, which alone goes on: which GPUs are not in it."""
    for index in state.get("lost", []):
        print(lost_text(state, "gpu ", index))
    if state.get("lost"):
        raise Refused(state.get("lost_exit", 15))


def since(state, branch):
    return numbers(state["driver"])[0] >= branch


def warned():
    """The exit code of a call that has succeeded."""
    with driver() as state:
        if not state.get("inforom"):
            return 0
    print(f"WARNING: infoROM is corrupted at gpu {bus(0)[4:]}")
    return 14


def numbers(version):
    return [int(part) for part in version.split(".") if part.isdigit()]


def before_each_call(words):
    """The faults that have nothing to do with what was asked."""
    if "NVIDIA_SMI_LOG" in os.environ:
        with open(os.environ["NVIDIA_SMI_LOG"], "a") as log:
            log.write(" ".join(words) + "\n")
    with driver() as state:
        late = state.get("late", 0)
        if late > 0:
            state["late"] = late - 1
        if late > 0 or state["fault"] == "absent" or time.time() < state.get("late_until", 0):
            raise Refused(9, NO_DRIVER)
        if state.get("forgetful") and not state.get("persistence"):
            for gpu in state["gpus"]:
                gpu["mode"] = gpu["pending"] = "Disabled"
                gpu["instances"] = []
    if state["fault"] == "hang" or set(state.get("hang", [])) & {word.split("=")[0] for word in words}:
        if state.get("stubborn") and threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
        caller = os.getppid()
        while os.getppid() == caller:
            time.sleep(0.5)
        sys.exit(1)
    delay(state)

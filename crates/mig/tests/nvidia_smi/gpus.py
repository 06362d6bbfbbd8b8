"""nvidia-smi's commands about whole GPUs: list, query, MIG mode, reset; and what a reboot does."""
from driver import IN_USE, Refused, bus, held, load_board, numbers, selected, since, tell_lost
from instances import instances


def list_gpus(state):
    board = load_board()
    for index, gpu in enumerate(state["gpus"]):
        if index in state.get("lost", []):
            continue
        uuid = state.get("unreadable", {}).get(str(index), f"GPU-5f0c9d42-7a31-4e0b-9c68-{index:012x}")
        print(f'GPU {index}: NVIDIA {state["gpu"].upper()} (UUID: {uuid})')
        number = 0
        for _, profile, start, compute in instances(board, gpu):
            for _ in range({True: 1, "split": 2}.get(compute, 0)):
                uuid = f"MIG-2b8e61c7-90d4-51f3-{start:04x}-{index:04x}{number:08x}"
                print(f'  MIG {part_name(profile, compute):<11} Device {number:>2}: (UUID: {uuid})')
                number += 1
    tell_lost(state)


def part_name(profile, compute):
    """A part of an instance has the name of its compute instance."""
    return f'{max(1, profile["compute_slices"] // 2)}c.{profile["name"]}' if compute == "split" else profile["name"]


def mode(state, index, key):
    words = state.get("unreadable", {}).get(str(index))
    return f"[{words}]" if words else state["gpus"][index][key]


def set_persistence(state, indexes, on):
    word = "Enabled" if on else "Disabled"
    for index in indexes:
        if bool(state.get("persistence")) == on:
            print(f"Persistence mode is already {word} for GPU {bus(index)}.")
        else:
            print(f"{word} persistence mode for GPU {bus(index)}.")
    state["persistence"] = on
    print("All done.")


FIELDS = {
    "index": lambda state, index: index,
    "name": lambda state, index: "NVIDIA " + state["gpu"].upper(),
    "count": lambda state, index: len(state["gpus"]),
    "uuid": lambda state, index: f"GPU-5f0c9d42-7a31-4e0b-9c68-{index:012x}",
    "pci.bus_id": lambda state, index: bus(index),
    "pci.device_id": lambda state, index: state["device"] + "10DE",
    "driver_version": lambda state, index: state["driver"],
    "persistence_mode": lambda state, index: "Enabled" if state.get("persistence") else "Disabled",
    "mig.mode.current": lambda state, index: mode(state, index, "mode"),
    "mig.mode.pending": lambda state, index: mode(state, index, "pending"),
}


def query(state, fields, form, words):
    fields = [field.strip() for field in fields.split(",")]
    for field in fields:
        if field not in FIELDS:
            raise Refused(2, f'Field "{field}" is not a valid field to query.', "")
    indexes = selected(state, words)
    if "noheader" not in form:
        print(", ".join(fields))
    for index in indexes:
        print(", ".join(str(FIELDS[field](state, index)) for field in fields))


def set_mode(state, index, wanted):
    change_mode(state, index, wanted)
    if not state.get("persistence"):
        print(f"\nWarning: persistence mode is disabled on device {bus(index)}.")


def change_mode(state, index, wanted):
    gpu, board, name = state["gpus"][index], load_board(), bus(index)
    word = "enable" if wanted == "1" else "disable"
    goal = word.capitalize() + "d"
    if gpu["mode"] == "[N/A]" or numbers(state["driver"]) < numbers(board["min_driver"] or "0"):
        print(f"Unable to {word} MIG Mode for GPU {name}: Not Supported\nTreating as warning and moving on.")
        return
    if word == "disable" and gpu["instances"]:
        failed = f"Unable to disable MIG Mode for GPU {name}: {IN_USE}"
        raise Refused(19, failed, "Terminating early due to previous errors.")
    gpu["pending"] = goal
    if gpu["mode"] == goal:
        print(f"{goal} MIG Mode for GPU {name}")
    elif held(state, index):
        print(f"Warning: MIG mode is in pending {word} state for GPU {name}:{IN_USE}")
        print(
            f"{name} is currently being used by one or more other processes (e.g. CUDA application or a monitoring "
            "application such as another instance of nvidia-smi). Please first kill all processes using the device "
            "and retry the command or reboot the system to make MIG mode effective."
        )
    elif board["mode_change"] == "immediate" and state["fault"] != "mode-stuck":
        gpu["mode"] = goal
        print(f"{goal} MIG Mode for GPU {name}")
    else:
        print(f"Warning: MIG mode is in pending {word} state for GPU {name}:Not Supported")
        print(f"Reboot the system or try nvidia-smi --gpu-reset to make MIG mode effective on GPU {name}")


def reset(state, indexes):
    if state["fault"] == "reset-refused":
        if not since(state, 535):
            raise Refused(3, f"Resetting GPU {bus(indexes[0])} is not supported.")
        refused = [f"  GPU {bus(index)}: Not Supported" for index in indexes]
        raise Refused(255, "The following GPUs could not be reset:", *refused, "")
    busy = [index for index in indexes if held(state, index)]
    if busy:
        held_gpus = [f"  GPU {bus(index)}: {IN_USE}" for index in busy]
        devices = "1 device is" if len(busy) == 1 else f"{len(busy)} devices are"
        device = "this device" if len(busy) == 1 else "these devices"
        text = (
            f"{devices} currently being used by one or more other processes (e.g., Fabric Manager, CUDA application, "
            "graphics application such as an X server, or a monitoring application such as another instance of "
            f"nvidia-smi). Please first kill all processes using {device} and all compute applications running in the "
            "system."
        )
        raise Refused(255, "The following GPUs could not be reset:", *held_gpus, "", text)
    for index in indexes:
        gpu = state["gpus"][index]
        gpu["instances"] = []
        if state["fault"] != "mode-stuck":
            gpu["mode"] = gpu["pending"]
        print(f"GPU {bus(index)} was successfully reset.")
    print("All done.")


def reboot(state):
    """No instance survives a reboot; the mode does where the GPU keeps it, with what was pending."""
    keeps = load_board()["mode_persists_reboot"]
    state.pop("persistence", None)
    state.pop("in_use", None)
    for gpu in state["gpus"]:
        gpu["instances"] = []
        if gpu["mode"] != "[N/A]":
            gpu["mode"] = gpu["pending"] if keeps and state["fault"] != "mode-stuck" else "Disabled"
            gpu["pending"] = gpu["mode"]

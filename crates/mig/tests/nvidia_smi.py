#!/usr/bin/env python3
"""A simulated nvidia-smi: the sub-commands that the boot script uses, with MIG's placement rules of its own.

State lies in the file NVIDIA_SMI_STATE. Its keys: "gpu" (its name), "device", "driver",
"fault" ("" or one of the names below) and "gpus", a list of {"mode", "pending", "instances": [[id, start, has_compute]]}.
NVIDIA_SMI_BOARD is the GPU's entry of catalog/gpus.json. Faults: "absent" (no driver), "reset-refused", "create-refused", "hang".
"late" is how many calls find no driver yet.
"""
import fcntl
import json
import os
import sys
import time

STATE = os.environ["NVIDIA_SMI_STATE"]
BOARD = os.environ["NVIDIA_SMI_BOARD"]


def end(code, text):
    print(text)
    sys.exit(code)


def profiles():
    with open(BOARD) as file:
        board = json.load(file)
    return board, {profile["gpu_instance_profile_id"]: profile for profile in board["profiles"]}


def query(state):
    for index, gpu in enumerate(state["gpus"]):
        print(f'{index}, {state["device"]}10DE, {state["driver"]}, {gpu["mode"]}, {gpu["pending"]}')


def set_mode(state, index, wanted):
    gpu, (board, _) = state["gpus"][index], profiles()
    gpu["pending"] = "Enabled" if wanted == "1" else "Disabled"
    name = f"00000000:{index:02X}:00.0"
    if board["mode_change"] == "immediate":
        if gpu["mode"] != gpu["pending"]:
            gpu["instances"] = []
        gpu["mode"] = gpu["pending"]
        print(f'{gpu["mode"]} MIG Mode for GPU {name}')
    elif gpu["mode"] != gpu["pending"]:
        print(f"Warning: MIG mode is in pending enable state for GPU {name}: In use by another client")
    print("All done.")


def reset(state, indexes):
    if state["fault"] == "reset-refused":
        end(3, "Resetting GPU 00000000:00:00.0 is not supported.")
    for index in indexes:
        gpu = state["gpus"][index]
        gpu["mode"], gpu["instances"] = gpu["pending"], []
    print("All done.")


def cut(state):
    found = [(index, gpu) for index, gpu in enumerate(state["gpus"]) if gpu["mode"] == "Enabled"]
    return found or end(6, "No MIG-enabled devices found.")


def list_gpu_instances(state):
    _, known = profiles()
    rows = []
    for index, gpu in cut(state):
        for instance, (profile, start, _) in enumerate(gpu["instances"]):
            size, name = known[profile]["placements"]["size"], known[profile]["name"]
            rows.append(f"|   {index}  MIG {name:<16} {profile:>3}   {instance:>4}      {start}:{size}     |")
    if not rows:
        end(6, "No GPU instances found: Not Found")
    print("+----+\n| GPU instances:      |\n| GPU   Name   Profile  Instance   Placement  |\n|====|")
    print("\n".join(rows))


def list_compute_instances(state):
    _, known = profiles()
    rows = []
    for index, gpu in cut(state):
        for instance, (profile, _, has_compute) in enumerate(gpu["instances"]):
            if has_compute:
                name = known[profile]["name"]
                rows.append(f"|   {index}   {instance}   MIG {name:<16}  0   0   0:1   |")
    if not rows:
        end(6, "No compute instances found: Not Found")
    print("+----+\n| Compute instances:  |\n| GPU   GPU   Name   Profile   Instance   Placement  |\n|====|")
    print("\n".join(rows))


def create(state, index, items):
    if state["fault"] == "create-refused":
        end(23, f"Unable to create a GPU instance on GPU {index}: Insufficient Resources")
    board, known = profiles()
    gpu = state["gpus"][index]
    if gpu["mode"] != "Enabled":
        end(3, f"Unable to create a GPU instance on GPU {index}: Not Supported")
    for item in items.split(","):
        profile, start = (int(number) for number in item.split(":"))
        gpu["instances"].append([profile, start, True])
        if not valid(board, known, gpu["instances"]):
            end(23, f"Unable to create a GPU instance on GPU {index} using profile {profile}: Insufficient Resources")
        print(f"Successfully created GPU instance on GPU {index} using profile {profile}")


def valid(board, known, instances):
    cells = []
    for profile, start, _ in instances:
        placements = known[profile]["placements"]
        if start not in placements["starts"]:
            return False
        cells += range(start, start + placements["size"])
    used = [known[profile] for profile, _, _ in instances]
    extended = sum("+me" in profile["name"] for profile in used)
    full = all(used.count(profile) <= profile["max_instances"] for profile in used)
    compute = sum(profile["compute_slices"] for profile in used)
    return len(set(cells)) == len(cells) and full and extended <= 1 and compute <= board["compute_slices"]


def destroy(state, index, command):
    gpu = state["gpus"][index]
    if not gpu["instances"]:
        end(6, "No GPU instances found: Not Found")
    if command == "-dci":
        gpu["instances"] = [[profile, start, False] for profile, start, _ in gpu["instances"]]
    elif any(has_compute for _, _, has_compute in gpu["instances"]):
        end(19, f"Unable to destroy GPU instance ID 0 from GPU {index}: In use by another client")
    else:
        gpu["instances"] = []
    print("Successfully destroyed")


def mig(state, arguments):
    match arguments:
        case ["-lgi"]:
            list_gpu_instances(state)
        case ["-lci"]:
            list_compute_instances(state)
        case ["-i", index, ("-dci" | "-dgi") as command]:
            destroy(state, int(index), command)
        case ["-i", index, "-cgi", items, "-C"]:
            create(state, int(index), items)
        case _:
            end(2, f"Invalid combination of input arguments: {arguments}")


def main(arguments):
    with open(STATE, "r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        state = json.load(file)
        if state["fault"] == "hang":
            fcntl.flock(file, fcntl.LOCK_UN)
            time.sleep(300)
        if state["fault"] == "absent" or state.get("late", 0) > 0:
            remember(file, {**state, "late": state.get("late", 0) - 1})
            end(9, "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.")
        try:
            run(state, arguments)
        finally:
            remember(file, state)


def remember(file, state):
    file.seek(0)
    file.truncate()
    json.dump(state, file)


def run(state, arguments):
    match arguments:
        case ["-L"]:
            for index, _ in enumerate(state["gpus"]):
                print(f'GPU {index}: {state["gpu"]} (UUID: GPU-{index})')
        case [query_gpu, "--format=csv,noheader"] if query_gpu.startswith("--query-gpu=index,pci.device_id,"):
            query(state)
        case ["-pm", "1"]:
            print("Enabled persistence mode for all GPUs.\nAll done.")
        case ["-i", index, "-mig", wanted]:
            set_mode(state, int(index), wanted)
        case ["--gpu-reset", "-i", indexes]:
            reset(state, [int(index) for index in indexes.split(",")])
        case ["mig", *rest]:
            mig(state, rest)
        case _:
            end(2, f"Invalid combination of input arguments: {arguments}")


main(sys.argv[1:])

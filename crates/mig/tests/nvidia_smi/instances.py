"""`nvidia-smi mig`: GPU instances and compute instances."""
from driver import FULL, IN_USE, Refused, delay, driver, held, load_board, numbers, selected, since
from rules import can_coexist


def instance_id(board, profile, start):
    """The same profile at the same place has the same ID: 0 the whole GPU, then halves, quarters, eighths."""
    size = profile["placements"]["size"]
    parts = max(1, board["memory_slices"] // size)
    if parts == 2:
        return 2 if start == 0 else 1
    return 0 if parts == 1 else parts - 1 + start // size


def instances(board, gpu):
    """ID, profile, start and compute instances of each GPU instance, by start."""
    known = {profile["gpu_instance_profile_id"]: profile for profile in board["profiles"]}
    found = [(known[number], start, compute) for number, start, compute in gpu["instances"]]
    rows = [(instance_id(board, profile, start), profile, start, compute) for profile, start, compute in found]
    return sorted(rows, key=lambda row: row[2])


def listed(board, gpu):
    """The same in the order of nvidia-smi's tables: by NVML's number of the profile (plain ones by size, then those with
    +me, then those with double memory), then by start."""

    def number(profile):
        plain = next(p for p in board["profiles"] if p["compute_slices"] == profile["compute_slices"])
        return "+me" in profile["name"], profile["name"] != plain["name"], profile["compute_slices"]

    return sorted(instances(board, gpu), key=lambda row: (number(row[1]), row[2]))


def cut(state, words):
    """The GPUs of `-i` that are in MIG mode. Without any, 550 and later end as if all had gone well."""
    seen = [index for index in selected(state, words) if str(index) not in state.get("unreadable", {})]
    able = [index for index in seen if state["gpus"][index]["mode"] != "[N/A]"]
    found = [index for index in able if state["gpus"][index]["mode"] == "Enabled"]
    if not able and since(state, 550):
        raise Refused(6, "No MIG-supported devices found.")
    if not found:
        raise Refused(0 if since(state, 550) else 6, "No MIG-enabled devices found.")
    return found


def table(head, rows):
    line = "+" + "-" * (len(head[0]) - 2) + "+"
    print("\n".join([line, *head, line.replace("-", "=").replace("+", "|")]))
    for row in rows:
        print(f"{row}\n{line}")


def list_gpu_instances(state, options):
    board, rows, narrow = load_board(), [], 0 if since(state, 560) else 2
    for index in cut(state, options.get("-i")):
        for number, profile, start, _ in listed(board, state["gpus"][index]):
            name, size = "MIG " + profile["name"], profile["placements"]["size"]
            place = f"{start}:{size}"
            identity = profile["gpu_instance_profile_id"]
            rows.append(f"|{index:>4}  {name:<{20 - narrow}}{identity:>4}{number:>9}{place:>13}     |")
    if not rows:
        raise Refused(6, "No GPU instances found: Not Found")
    gap = " " * (2 - narrow)
    head = [
        f"| GPU instances:                                        {gap}|",
        f"| GPU   Name             {gap}Profile  Instance   Placement  |",
        f"|                          {gap}ID       ID       Start:Size |",
    ]
    table(head, rows)


def list_compute_instances(state, options):
    board, rows, there = load_board(), [], False
    for index in cut(state, options.get("-i")):
        gpu = state["gpus"][index]
        there = there or bool(gpu["instances"])
        for number, profile, _, compute in listed(board, gpu):
            for own, name, identity, place in compute_instances(profile, compute):
                rows.append(f"|{index:>4}{number:>7}       {name:<20}{identity:>2}{own:>10}{place:>13}     |")
    if not rows:
        raise Refused(6, f'No {"compute" if there else "GPU"} instances found: Not Found')
    head = [
        "| Compute instances:                                                 |",
        "| GPU     GPU       Name             Profile   Instance   Placement  |",
        "|       Instance                       ID        ID       Start:Size |",
        "|         ID                                                         |",
    ]
    table(head, rows)


COMPUTE_PROFILE_ID = {1: 0, 2: 1, 3: 2, 4: 3, 7: 4}


def compute_instances(profile, compute):
    """ID, name, profile ID and place of each compute instance of a GPU instance."""
    whole = profile["compute_slices"]
    if compute == "split":
        part = max(1, whole // 2)
        name = f'MIG {part}c.{profile["name"]}'
        return [(own, name, COMPUTE_PROFILE_ID[part], f"{own * part}:{part}") for own in (0, 1)]
    return [(0, "MIG " + profile["name"], COMPUTE_PROFILE_ID[whole], f"0:{whole}")] if compute else []


def list_placements(state, options):
    for index in cut(state, options.get("-i")):
        for profile in load_board()["profiles"]:
            places = profile["placements"]
            starts = ",".join(str(start) for start in places["starts"])
            several = f"Placements: {{{starts}}}" if len(places["starts"]) > 1 else f"Placement : {{{starts}}}"
            print(f'GPU {index:>2} Profile ID {profile["gpu_instance_profile_id"]:>2} {several}:{places["size"]}')


def create(options):
    with driver() as state:
        indexes = cut(state, options.get("-i"))
    for index in indexes:
        for item in options["-cgi"].split(","):
            create_one(index, item, "-C" in options)


def create_one(index, item, with_compute):
    """One instance, kept before the next is begun: what was created before a failure or a kill is there."""
    board = load_board()
    word, _, start = item.strip().partition(":")
    word = word.replace("MIG ", "")
    failed = f"Unable to create a GPU instance on GPU {index:>2} using profile {item.strip()}: "
    with driver() as state:
        delay(state)
        gpu = state["gpus"][index]
        if gpu["mode"] != "Enabled":
            raise Refused(3, failed + "Not Supported", "Failed to create GPU instances: Not Supported")
        found = [p for p in board["profiles"] if word in (p["name"], str(p["gpu_instance_profile_id"]))]
        if not found or too_old(state["driver"], found[0]):
            raise Refused(2, failed + "Invalid Argument", "Failed to create GPU instances: Invalid Argument")
        chosen = place(board, gpu, found[0], start)
        if chosen is None or state["fault"] == "create-refused":
            raise Refused(23, failed + FULL, f"Failed to create GPU instances: {FULL}")
        profile = found[0]
        number, identity = instance_id(board, profile, chosen), profile["gpu_instance_profile_id"]
        gpu["instances"].append([identity, chosen, False])
        name = "MIG " + profile["name"]
        print(f"Successfully created GPU instance ID {number:>2} on GPU {index:>2} using profile {name} (ID {identity:>2})")
    if with_compute:
        with driver() as state:
            add_compute(board, state, index, [number])


def too_old(version, profile):
    branch = profile.get("min_driver_branch")
    return bool(branch) and numbers(version)[:1] < [int(branch.lstrip("R"))]


def place(board, gpu, profile, start):
    """The start that was asked for, else the last that is free, without looking ahead; None where there is none."""
    there = [(other, at) for _, other, at, _ in instances(board, gpu)]
    starts = profile["placements"]["starts"] if profile["placements"] else []
    choice = [int(start)] if start else sorted(starts, reverse=True)
    return next((at for at in choice if can_coexist(board, there + [(profile, at)])), None)


def add_compute(board, state, index, numbers_wanted):
    gpu = state["gpus"][index]
    for number, profile, start, compute in instances(board, gpu):
        if compute or (numbers_wanted is not None and number not in numbers_wanted):
            continue
        for instance in gpu["instances"]:
            if instance[:2] == [profile["gpu_instance_profile_id"], start]:
                instance[2] = True
        where = f"GPU {index:>2} GPU instance ID {number:>2}"
        identity = COMPUTE_PROFILE_ID[profile["compute_slices"]]
        print(f'Successfully created compute instance ID  0 on {where} using profile MIG {profile["name"]} (ID {identity:>2})')


def destroy(options, compute_only):
    board, done = load_board(), 0
    only = [int(word) for word in options["-gi"].split(",")] if "-gi" in options else None
    with driver() as state:
        indexes = cut(state, options.get("-i"))
        if not any(state["gpus"][index]["instances"] for index in indexes):
            raise Refused(6, "No GPU instances found: Not Found")
    for index in indexes:
        for number, profile, start, _ in listed(board, state["gpus"][index]):
            if only is None or number in only:
                done += destroy_one(index, number, [profile["gpu_instance_profile_id"], start], compute_only)
    if not done:
        raise Refused(6, f'No {"compute" if compute_only else "GPU"} instances found: Not Found')


def destroy_one(index, number, instance, compute_only):
    """How many were destroyed."""
    with driver() as state:
        delay(state)
        there = state["gpus"][index]["instances"]
        compute = next((found[2] for found in there if found[:2] == instance), None)
        if compute is None or (compute_only and not compute):
            return 0
        if compute_only:
            what = f"compute instance ID  0 from GPU {index:>2} GPU instance ID {number:>2}"
        else:
            what = f"GPU instance ID {number:>2} from GPU {index:>2}"
        if held(state, index) or (compute and not compute_only):
            kind = "compute" if compute_only else "GPU"
            raise Refused(19, f"Unable to destroy {what}: {IN_USE}", f"Failed to destroy {kind} instances: {IN_USE}")
        there[:] = [found for found in there if found[:2] != instance]
        if compute_only:
            there.append([*instance, False])
        print(f"Successfully destroyed {what}")
        return 1


def mig(words):
    options, rest = {}, list(words)
    while rest:
        word = rest.pop(0)
        takes_value = word in ("-i", "-gi", "-ci", "-cgi") or (word == "-cci" and rest and not rest[0].startswith("-"))
        options[word] = rest.pop(0) if takes_value and rest else ""
    if "-cgi" in options:
        return create(options)
    if "-dci" in options or "-dgi" in options:
        return destroy(options, "-dci" in options)
    with driver() as state:
        if "-lgi" in options:
            return list_gpu_instances(state, options)
        if "-lci" in options:
            return list_compute_instances(state, options)
        if "-lgipp" in options:
            return list_placements(state, options)
        if "-cci" in options:
            only = [int(word) for word in options["-gi"].split(",")] if "-gi" in options else None
            for index in cut(state, options.get("-i")):
                add_compute(load_board(), state, index, only)
            return None
    raise Refused(2, f'Invalid combination of input arguments: {" ".join(words)}')

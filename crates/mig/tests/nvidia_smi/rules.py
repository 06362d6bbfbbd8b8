"""MIG's placement rules, cell by cell: whether a GPU can have some instances at once, and a judge of layouts."""
import json
import re


def can_coexist(board, placed):
    """Whether one GPU can have these at once: (profile, start) of each. Every memory slice is looked at by itself."""
    owners = [0] * (board["memory_slices"] or 0)
    for profile, start in placed:
        if not profile["placements"] or start not in profile["placements"]["starts"]:
            return False
        for cell in range(start, start + profile["placements"]["size"]):
            if cell >= len(owners):
                return False
            owners[cell] += 1
    return max(owners, default=0) <= 1 and within_limits(board, [profile for profile, _ in placed])


def within_limits(board, used):
    """The rules that do not ask where an instance lies."""
    names = [profile["name"] for profile in used]
    if any(names.count(profile["name"]) > profile["max_instances"] for profile in used):
        return False
    if sum("+me" in name for name in names) > 1:
        return False
    return sum(profile["compute_slices"] for profile in used) <= board["compute_slices"]


def has_room(board, used):
    """Whether there are places for all of these at once. Walks the memory slices from the first to the last."""
    if any(not profile["placements"] for profile in used) or not within_limits(board, used):
        return False
    dead_ends = set()

    def walk(cell, left):
        if not left:
            return True
        if cell == board["memory_slices"] or (cell, left) in dead_ends:
            return False
        for name in sorted(set(left)):
            places = known[name]["placements"]
            rest = list(left)
            rest.remove(name)
            if cell in places["starts"] and walk(cell + places["size"], tuple(rest)):
                return True
        if walk(cell + 1, left):
            return True
        dead_ends.add((cell, left))
        return False

    known = {profile["name"]: profile for profile in used}
    return walk(0, tuple(sorted(profile["name"] for profile in used)))


def judge(lines, boards):
    """A verdict per line."""
    names = {board: {profile["name"]: profile for profile in boards[board]["profiles"]} for board in boards}
    known = {}
    for line in lines:
        if line not in known:
            asked = json.loads(line)
            known[line] = verdict(boards[asked["board"]], names[asked["board"]], asked)
        yield known[line]


def exact_name(board, name):
    """What `3g` or `1g+me` means on a board: so much compute with that suffix, and the least memory."""
    if "gb" in name:
        return name
    alike = [profile["name"] for profile in board["profiles"] if re.sub(r"\.\d+gb", "", profile["name"]) == name]
    return min(alike, key=lambda exact: int(re.search(r"\.(\d+)gb", exact).group(1)), default=name)


def verdict(board, profiles, asked):
    wanted = asked["placements"] if "placements" in asked else asked["slices"]
    wanted = [(exact_name(board, name), number) for name, number in wanted]
    if any(name not in profiles for name, _ in wanted):
        return "no"
    if "placements" in asked:
        fits = can_coexist(board, [(profiles[name], start) for name, start in wanted])
    elif any(not 0 <= count <= profiles[name]["max_instances"] for name, count in wanted):
        fits = False
    else:
        fits = has_room(board, [profiles[name] for name, count in wanted for _ in range(count)])
    return "yes" if fits else "no"

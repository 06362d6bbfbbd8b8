#!/usr/bin/env python3
"""A simulated nvidia-smi: what the boot script and a curious person call, with MIG's placement rules of its own.

NVIDIA_SMI_STATE names a JSON file that is the driver's memory; NVIDIA_SMI_BOARD one with the GPU's entry of
catalog/gpus.json; NVIDIA_SMI_LOG, if set, a file that gets one line per call. Of the state these keys must be there:
  gpu, device, driver   the GPU's name, its PCI device ID ("0x2330"), the driver's version
  fault                 "" or one of the faults below
  gpus                  per GPU {"mode", "pending", "instances": [[profile ID, start, compute]]}; compute is true for the
                        full compute instance, false for none, "split" for two of half the size
and these may be there, each a fault:
  fault                 "absent" (no driver), "hang" (of every call), "reset-refused", "create-refused",
                        "mode-stuck" (neither reset nor reboot makes a pending mode current)
  late                  so many calls find no driver yet; late_until: or all calls before this Unix time
  hang                  a list of words ("-lgi", "--gpu-reset"): calls with one of them never return
  stubborn              true: what hangs does not listen to SIGTERM either (not under --serve)
  slow                  seconds that every call takes, and each instance that is created or destroyed
  in_use                GPUs that a process holds; in_use_refusals: how many refusals until it lets go
  lost                  GPUs that fell off the bus; lost_exit: the exit code of listings then (15)
  forgetful             true: without persistence mode a GPU forgets mode and instances between two calls
Not nvidia-smi's own: `--reboot` is what a reboot does to the GPUs; `--judge` reads a layout of one GPU per line, as
{"board", "slices": [[profile, count]]} or {"board", "placements": [[profile, start]]}, and says yes or no to each;
NVIDIA_SMI_BOARDS is catalog/gpus.json then. `--serve`: see serve.py.

Texts are those of consoles (R525 to R610). Exit codes are NVML's where no console shows one.
"""
import json
import os
import sys

from driver import Refused, before_each_call, driver, selected
from gpus import list_gpus, query, reboot, reset, set_mode
from instances import mig
from rules import judge
from serve import serve


def run(words):
    if words[:1] == ["mig"]:
        return mig(words[1:])
    options = dict(zip(words, [*words[1:], ""]))
    with driver() as state:
        if words in (["-L"], ["--list-gpus"]):
            return list_gpus(state)
        asked = next((word for word in words if word.startswith("--query-gpu=")), None)
        form = next((word for word in words if word.startswith("--format=csv")), None)
        if asked and form:
            return query(state, asked.split("=")[1], form, options.get("-i"))
        if "-pm" in options:
            state["persistence"] = options["-pm"] == "1"
            return print("Enabled persistence mode for all GPUs.\nAll done.")
        if options.get("-mig") in ("0", "1"):
            for index in selected(state, options.get("-i")):
                set_mode(state, index, options["-mig"])
            return print("All done.")
        if "--gpu-reset" in options or "-r" in options:
            return reset(state, selected(state, options.get("-i")))
    raise Refused(2, f'Invalid combination of input arguments: {" ".join(words)}', "")


def main(words):
    if words == ["--judge"]:
        with open(os.environ["NVIDIA_SMI_BOARDS"]) as file:
            boards = {board["id"]: board for board in json.load(file)["gpus"]}
        print("\n".join(judge(sys.stdin, boards)))
        return 0
    if words == ["--serve"]:
        return serve(main)
    if words == ["--reboot"]:
        with driver() as state:
            reboot(state)
        return 0
    try:
        before_each_call(words)
        run(words)
    except Refused as refused:
        print("\n".join(refused.lines), end="\n" if refused.lines else "")
        return refused.code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

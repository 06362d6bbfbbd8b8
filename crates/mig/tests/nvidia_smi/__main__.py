#!/usr/bin/env python3
"""A simulated nvidia-smi: what the boot script and a curious person call, with MIG's placement rules of its own.

NVIDIA_SMI_STATE names a JSON file that is the driver's memory; NVIDIA_SMI_BOARD one with the GPU's entry of
crates/mig/catalog/gpus.json; NVIDIA_SMI_LOG, if set, a file that gets one line per call. Of the state these keys must be there:
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
  lost                  GPUs whose handle cannot be had; lost_why: the words for it ("GPU is lost.  Reboot the system to
                        recover this GPU"), lost_exit: the exit code then (15)
  unreadable            {GPU: words}: GPUs of which a query of the MIG mode says only "[words]", with exit code 0
  inforom               true: calls that succeed end with 14 and one more line, since a GPU's infoROM is damaged
  forgetful             true: without persistence mode a GPU forgets mode and instances between two calls
Not nvidia-smi's own: `--reboot` is what a reboot does to the GPUs; `--judge` reads a layout of one GPU per line, as
{"board", "slices": [[profile, count]]} or {"board", "placements": [[profile, start]]}, and says yes or no to each;
NVIDIA_SMI_BOARDS is crates/mig/catalog/gpus.json then. `--serve`: see serve.py.

Texts and exit codes are those of nvidia-smi 535, 550 and 555, by the driver's version; those of R560 and later, with wider
tables, are consoles'.
"""
import json
import os
import sys

from driver import Refused, before_each_call, driver, selected, warned
from gpus import list_gpus, query, reboot, reset, set_mode, set_persistence
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
            return set_persistence(state, selected(state, options.get("-i")), options["-pm"] == "1")
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
        if refused.code:
            return refused.code
    return warned()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

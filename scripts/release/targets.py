#!/usr/bin/env python3
"""The systems that a release is for, by Go's names, which both registries and Pulumi use. As a program: a line for each that is named,
or for all, with its name, its target of Rust and the file name of the program."""

import sys

# Linux is linked statically: the images that run Terraform, Alpine's among them, have no libc in common.
RUST = {
    "linux_amd64": "x86_64-unknown-linux-musl",
    "linux_arm64": "aarch64-unknown-linux-musl",
    "darwin_amd64": "x86_64-apple-darwin",
    "darwin_arm64": "aarch64-apple-darwin",
    "windows_amd64": "x86_64-pc-windows-gnu",
    "windows_arm64": "aarch64-pc-windows-gnullvm",
}


def program(name: str, platform: str) -> str:
    """The file name of a program on a system."""
    return f"{name}.exe" if platform.startswith("windows_") else name


def check(platforms: list[str]) -> None:
    """Ends the program if one of these is not a system of a release."""
    unknown = [platform for platform in platforms if platform not in RUST]
    if unknown:
        raise SystemExit(f"No platform of a release: {', '.join(unknown)}. There are {', '.join(RUST)}.")


if __name__ == "__main__":
    chosen = sys.argv[1:] or list(RUST)
    check(chosen)
    for platform in chosen:
        print(platform, RUST[platform], program("terraform-provider-mig", platform))

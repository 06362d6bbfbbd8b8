"""The bill of materials (SBOM), as CycloneDX writes it."""

import time
import uuid

import packages
from packages import Package

SPECIFICATION = "1.6"


def bill(platform: str, target: str, epoch: int, digest: str) -> dict:
    """What one program is built of, and the program's own checksum."""
    version = packages.version()
    own = (packages.NAME, version)
    built_of = packages.of(target)
    identity = f"pkg:generic/{packages.NAME}@{version}?platform={platform}&checksum=sha256:{digest}"
    root = next(package for package in built_of if package.key == own)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": SPECIFICATION,
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, identity)}",
        "version": 1,
        "metadata": {
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(epoch)),
            "component": component(root, "application") | {
                "hashes": [{"alg": "SHA-256", "content": digest}],
                "properties": [
                    {"name": "platform", "value": platform},
                    {"name": "cargo:target", "value": target},
                ],
            },
        },
        "components": [component(package, "library") for package in built_of if package.key != own],
        "dependencies": [
            {"ref": reference(*package.key), "dependsOn": [reference(*other) for other in package.dependencies]}
            for package in built_of
        ],
    }


def component(package: Package, kind: str) -> dict:
    """One entry; what only the build runs is not part of the program."""
    entry = {
        "type": kind,
        "bom-ref": reference(*package.key),
        "name": package.name,
        "version": package.version,
        "purl": reference(*package.key),
        "scope": "required" if package.linked else "excluded",
        "licenses": [{"expression": package.licence}],
    }
    if package.checksum:
        entry["hashes"] = [{"alg": "SHA-256", "content": package.checksum}]
    if package.repository:
        entry["externalReferences"] = [{"type": "vcs", "url": package.repository}]
    return entry


def reference(name: str, version: str) -> str:
    """A package URL."""
    return f"pkg:cargo/{name}@{version}"

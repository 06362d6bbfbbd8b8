"""EKS's public images with NVIDIA's driver: their parameters below /aws/service/, and their releases for node groups.

The images are those of eks_images.json. EC2 knows them, too: what moto's list of images lacks is added to it.
"""

import json
from pathlib import Path

IMAGES = json.loads(Path(__file__).with_name("eks_images.json").read_text(encoding="utf-8"))["images"]
EKS_PREFIX = "/aws/service/eks/optimized-ami/"
BOTTLEROCKET_PREFIX = "/aws/service/bottlerocket/"
NVIDIA_TYPES = {
    "AL2023_x86_64_NVIDIA": ("al2023", "x86_64"),
    "AL2023_ARM_64_NVIDIA": ("al2023", "arm64"),
    "BOTTLEROCKET_x86_64_NVIDIA": ("bottlerocket", "x86_64"),
    "BOTTLEROCKET_ARM_64_NVIDIA": ("bottlerocket", "arm64"),
}
# Those that the API knows, without CUSTOM, Windows and Amazon Linux 2.
AMI_TYPES = (
    *NVIDIA_TYPES,
    "BOTTLEROCKET_x86_64_NVIDIA_FIPS",
    "BOTTLEROCKET_ARM_64_NVIDIA_FIPS",
    "BOTTLEROCKET_x86_64",
    "BOTTLEROCKET_ARM_64",
    "BOTTLEROCKET_x86_64_FIPS",
    "BOTTLEROCKET_ARM_64_FIPS",
    "AL2023_x86_64_STANDARD",
    "AL2023_ARM_64_STANDARD",
    "AL2023_x86_64_NEURON",
)


def parameters():
    """Yields name and value of every public parameter."""
    for image in IMAGES:
        yield from al2023(image) if image["family"] == "al2023" else bottlerocket(image)


def al2023(image):
    """An image of Amazon Linux 2023 by its name, and as the recommended one."""
    base = f"{EKS_PREFIX}{image['kubernetes']}/amazon-linux-2023/{image['architecture']}/nvidia/"
    values = {key: image[key] for key in ("image_id", "image_name", "release_version")}
    for leaf in (image["image_name"], *(["recommended"] if image["recommended"] else [])):
        yield f"{base}{leaf}", json.dumps({"schema_version": "2", **values})
        for key, value in values.items():
            yield f"{base}{leaf}/{key}", value


def bottlerocket(image):
    """An image of Bottlerocket by its version, with and without the build, and as the latest one."""
    base = f"{BOTTLEROCKET_PREFIX}aws-k8s-{image['kubernetes']}-nvidia/{image['architecture']}/"
    version = image["image_version"]
    for leaf in (version, version.split("-")[0], *(["latest"] if image["recommended"] else [])):
        for key in ("image_id", "image_version"):
            yield f"{base}{leaf}/{key}", image[key]


def releases(kubernetes, ami_type):
    """The releases of a type of image, the newest first."""
    family, architecture = NVIDIA_TYPES.get(ami_type.removesuffix("_FIPS"), (None, None))
    if family is None:
        return [unlisted(kubernetes, ami_type)]
    fitting = [
        image
        for image in IMAGES
        if (image["family"], image["architecture"], image["kubernetes"]) == (family, architecture, kubernetes)
    ]
    fitting.sort(key=lambda image: not image["recommended"])
    return [release(image) for image in fitting] or [unlisted(kubernetes, ami_type)]


def release(image):
    """The name of an image's release for node groups."""
    return image.get("release_version") or image["image_version"]


def unlisted(kubernetes, ami_type):
    """A release, made up, of images that are not listed: those without GPUs, and of other Kubernetes versions."""
    return "1.68.0-abcdef" if ami_type.startswith("BOTTLEROCKET") else f"{kubernetes}.0-20261003"


def newest_release(kubernetes, ami_type):
    """The release that EKS takes unless it is told one."""
    return releases(kubernetes, ami_type)[0]


def add_to_ec2(amis):
    """Adds what moto's list lacks; an image is like the one of the same family and architecture there."""
    for image in IMAGES:
        alike = next((known for known in amis if is_alike(known, image)), None)
        if alike and all(known["ami_id"] != image["image_id"] for known in amis):
            name = image["image_name"]
            amis.append({**alike, "ami_id": image["image_id"], "name": name, "description": name})


def is_alike(known, image):
    """Whether an image of moto's list is of the same family and architecture, with NVIDIA's driver."""
    name = known["name"]
    return image["family"] in name and "nvidia" in name and known["architecture"] == image["architecture"]

"""Archives whose bytes depend on nothing but what is put in: no times, owners or orders of the machine."""

import gzip
import io
import tarfile
import time
import zipfile
from pathlib import Path

PROGRAM = 0o755
TEXT = 0o644

# Name in the archive, content, mode.
Entry = tuple[str, bytes, int]


def write_zip(path: Path, entries: list[Entry], epoch: int, level: int) -> None:
    """A zip as Terraform unpacks it."""
    # A zip has no time zone and no year before 1980.
    moment = max(time.gmtime(epoch)[:6], (1980, 1, 1, 0, 0, 0))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for name, content, mode in sorted(entries):
            info = zipfile.ZipInfo(name, moment)
            info.compress_type = zipfile.ZIP_DEFLATED
            # As made on Unix by any system, so that the mode counts.
            info.create_system = 3
            info.external_attr = (0o100000 | mode) << 16
            archive.writestr(info, content)


def write_tar(path: Path, entries: list[Entry], epoch: int, level: int) -> None:
    """A tar.gz as Pulumi unpacks it."""
    with path.open("wb") as file:
        # Without a name and a time in gzip's own header.
        with gzip.GzipFile("", "wb", level, file, 0) as packed:
            with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive:
                for name, content, mode in sorted(entries):
                    info = tarfile.TarInfo(name)
                    info.size, info.mode, info.mtime = len(content), mode, epoch
                    archive.addfile(info, io.BytesIO(content))

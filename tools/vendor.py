"""Bring the pinned front-end libraries into the repository, or check the copies kept there."""

import argparse
import hashlib
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PINS = Path(__file__).with_name("vendor.toml")


class Refused(Exception):
    """A file is not the one that was pinned."""


@dataclass(frozen=True)
class Package:
    """One pinned package: where its files go, and the digests they must have (hexadecimal)."""

    name: str
    version: str
    license: str
    sha512: str
    into: str
    files: dict[str, str]

    @property
    def folder(self) -> Path:
        """Return the folder of this package inside the repository."""
        return ROOT / self.into

    def target(self, member: str) -> Path:
        """Return where a file of the archive is kept; folders of the archive are not."""
        return self.folder / Path(member).name


def pinned() -> list[Package]:
    """Read the pins."""
    return [Package(**entry) for entry in tomllib.loads(PINS.read_text("utf-8"))["package"]]


def download(package: Package, folder: Path) -> Path:
    """Fetch the archive through npm, which knows the registry of the developer."""
    command = ["npm", "pack", "--silent", "--ignore-scripts", f"{package.name}@{package.version}"]
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    return folder / done.stdout.split()[-1]


def expect(what: str, found: str, wanted: str) -> None:
    """Refuse a digest other than the pinned one."""
    if found != wanted:
        raise Refused(f"{what}: expected {wanted}, found {found}")


def unpack(package: Package, archive: Path) -> Iterator[Path]:
    """Write the listed files of a verified archive, and nothing else of it."""
    expect(archive.name, hashlib.sha512(archive.read_bytes()).hexdigest(), package.sha512)
    package.folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(archive) as tar:
        for member, digest in package.files.items():
            stream = tar.extractfile(f"package/{member}")
            if stream is None:
                raise Refused(f"{package.name}: {member} is not a file")
            content = stream.read()
            expect(f"{package.name}: {member}", hashlib.sha256(content).hexdigest(), digest)
            package.target(member).write_bytes(content)
            yield package.target(member)


def fetch() -> None:
    """Download, verify and unpack every package."""
    for package in pinned():
        with tempfile.TemporaryDirectory() as folder:
            for path in unpack(package, download(package, Path(folder))):
                print(path.relative_to(ROOT))


def check() -> None:
    """Compare the kept copies with the pins; needs no network."""
    for package in pinned():
        for member, digest in package.files.items():
            path = package.target(member)
            found = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "no file"
            expect(str(path.relative_to(ROOT)), found, digest)


def main() -> int:
    """Fetch, or with --check only compare; exit with 1 when something was refused."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only compare the copies with the pins")
    try:
        check() if parser.parse_args().check else fetch()
    except (Refused, subprocess.CalledProcessError) as error:
        print(getattr(error, "stderr", None) or error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

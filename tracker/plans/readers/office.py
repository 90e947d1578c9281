"""Old Word files, and those of WPS and others, through LibreOffice where it is installed: it turns them into .docx."""

import os
import shutil
import signal
import subprocess  # nosec B404 # runs LibreOffice
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tracker.plans.readers.apart import PASSED_ON, Apart
from tracker.plans.readers.limits import MAX_BYTES, OFFICE_SECONDS
from tracker.plans.readers.reading import Reading
from tracker.plans.readers.unreadable import Unreadable, too_large
from tracker.rules.words import say

PROGRAMS = ("soffice", "libreoffice")
FILTER = "docx:MS Word 2007 XML"


def read_by_office(ending: str) -> Callable[[bytes], Reading]:
    """Return a reader of files with this ending."""

    def read(content: bytes) -> Reading:
        return Apart("docx")(converted(content, ending))

    return read


def program() -> str:
    """Return where LibreOffice is, or an empty text."""
    return next(filter(None, map(shutil.which, PROGRAMS)), "")


def converted(content: bytes, ending: str) -> bytes:
    """Return a document as .docx; raise Unreadable where that cannot be had."""
    office = program()
    if not office:
        raise Unreadable(
            say(
                "读取 .{ending} 文件需要服务器装有 LibreOffice，目前没有。"
                "请用 Word 或 WPS 打开，另存为 .docx 后重新选择；经常用到的，请联系管理员安装。",
                ending=ending,
            )
        )
    with tempfile.TemporaryDirectory(prefix="tracker-office-") as folder:
        source, profile, out = Path(folder, f"plan.{ending}"), Path(folder, "profile"), Path(folder, "out")
        source.write_bytes(content)
        _run(
            [
                *(office, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore", "--nolockcheck"),
                *("--nodefault", "--nologo", "--convert-to", FILTER, "--outdir", str(out), str(source)),
            ],
            folder,
        )
        made = out / "plan.docx"
        if not made.is_file():
            raise Unreadable(
                say(
                    "LibreOffice 打不开这个文件：可能已损坏或设有密码。请用 Word 或 WPS 打开，另存为 .docx 后重新选择。"
                )
            )
        if made.stat().st_size > MAX_BYTES:
            raise too_large()
        return made.read_bytes()


def _run(command: list[str], folder: str) -> None:
    """Run LibreOffice in a group of its own, so that its children end with it."""
    known = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    with subprocess.Popen(  # nosec B603 # a list, no shell; the file's name is ours
        command,
        cwd=folder,
        env=known | {"HOME": folder},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            process.wait(OFFICE_SECONDS)
        except subprocess.TimeoutExpired:
            raise Unreadable(
                say("LibreOffice 用了太长时间，已停止。请用 Word 或 WPS 打开文件，另存为 .docx 后重新选择。")
            ) from None
        finally:
            _end(process)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End the process and whatever it started; also when it is gone, its children may not be."""
    if sys.platform == "win32":
        process.kill()
        return
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return

"""The one way in which reading a document fails, and what is said where several readers say the same."""

from tracker.rules.words import say


class Unreadable(ValueError):
    """A document that cannot be read; the message says what to do."""


def damaged() -> Unreadable:
    """Return what is said of a file whose inside does not hold together."""
    return Unreadable(
        say(
            "文件已损坏或不完整，打不开。"
            "请用 Word、WPS 或 Excel 打开原文件，另存一份后重新选择；打不开的，请向发文单位重新索取。"
        )
    )


def locked() -> Unreadable:
    """Return what is said of a file that wants a password."""
    return Unreadable(say("文件设有密码，无法读取。请打开文件、取消密码并另存一份，再重新选择。"))


def too_large() -> Unreadable:
    """Return what is said of a file that grows without measure."""
    return Unreadable(
        say("文件展开后太大，没有读取。请用 Word、WPS 或 Excel 打开，只保留方案正文和任务清单，另存一份后重新选择。")
    )

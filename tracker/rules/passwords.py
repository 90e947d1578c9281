"""What a password must be."""

MIN_LENGTH = 10
MAX_LENGTH = 128


class PasswordRefused(ValueError):
    """A password that is too weak; the message is for the person who chose it."""


def check(password: str, account: str) -> None:
    """Raise PasswordRefused for a password that is too short, too long, or made of the account name."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise PasswordRefused(f"密码长度应为 {MIN_LENGTH} 到 {MAX_LENGTH} 个字符。")
    if account.casefold() in password.casefold():
        raise PasswordRefused("密码不能包含账号名。")
    if len(set(password)) < 5:
        raise PasswordRefused("密码过于简单，请使用更多不同的字符。")

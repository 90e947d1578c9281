"""What a password must be, and under which name an account is asked for."""

import re
import unicodedata

from tracker.rules.security import Policy
from tracker.rules.words import say

MIN_LENGTH = 10
MIN_LENGTHS = {Policy.DENGBAO: MIN_LENGTH, Policy.ASVS: 12}
"""Without classes of signs length is all there is (ASVS 6.2.1: 8 at least, 15 recommended)."""

MAX_LENGTH = 128
LEAST_SIGNS = 5
CLASSES = 3
ACCOUNT_LENGTH = 60
SHORT_ACCOUNT = 3
"""A shorter account name stands in every other password by chance."""

INVISIBLE = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
"""Unicode's categories of signs that no account's name holds and no line of a log should."""

_WORDS = """
password passwd passw pass admin administrator root system manager guest test tester user login welcome letmein
iloveyou monkey dragon master shadow sunshine princess football baseball superman batman starwars whatever trustno
changeme default secret qwerty qwertyuiop asdfgh asdfghjkl zxcvbn zxcvbnm qazwsx qazwsxedc qweasd qweasdzxc abc abcd
abcdef abcdefg hello helloworld freedom computer internet service oracle mysql server network security woaini
woaiwojia woaiwolaopo woaiwoziji wobuaini aini ainiyiwannian nihao nihaoma niubi wodemima mima zhmima zhongguo
woaizhongguo beijing shanghai tiantian kuaile xingfu pingan baobao laopo laogong caonima feiwu dearbook sifaju sifa
sifasuo shifaju duban dubantaizhang taizhang tracker demo
"""
WORDS = frozenset(_WORDS.split())
"""Words that stand at the top of every list of leaked passwords, Chinese habits included; digits and signs around them
change nothing (password123, Woaini1314!)."""

LEET = str.maketrans("@$!013457", "asioleast")
SHIFTED = str.maketrans("!@#$%^&*()", "1234567890")
_WALKS = (
    "1234567890-=",
    "qwertyuiop[]",
    "asdfghjkl;'",
    "zxcvbnm,./",
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.",
    "qazwsxedcrfvtgbyhnujmik,ol.",
    "147258369",
    "1314520",
    "5201314",
)
WALKS = (*_WALKS, *(walk[::-1] for walk in _WALKS))
"""Along which fingers wander: rows and columns of the keyboard, alphabet, digits, there and back, and numbers that say
我爱你一生一世."""

STEP = 4
LEFT_OVER = 3
"""How many signs besides walks of at least STEP signs still make no password."""


class PasswordRefused(ValueError):
    """A password that is too weak; the message is for the person who chose it."""


def folded(account: str) -> str:
    """Return an account's name as it is looked up and counted: case, width and blanks around it do not matter."""
    return unicodedata.normalize("NFKC", account).casefold().strip()[:ACCOUNT_LENGTH]


def writable(text: str) -> bool:
    """Tell whether a text is free of line ends, control characters and signs that nobody sees."""
    return not any(unicodedata.category(sign) in INVISIBLE for sign in text)


def check(password: str, account: str, policy: Policy = Policy.DENGBAO) -> None:
    """Raise PasswordRefused for a password of the wrong length, with the account's name in it, or easily guessed."""
    least = MIN_LENGTHS[policy]
    if not least <= len(password) <= MAX_LENGTH:
        raise PasswordRefused(say("密码长度应为 {least} 到 {most} 个字符。", least=least, most=MAX_LENGTH))
    if len(account) >= SHORT_ACCOUNT and account.casefold() in unicodedata.normalize("NFKC", password).casefold():
        raise PasswordRefused(say("密码不能包含账号名。"))
    if len(set(password)) < LEAST_SIGNS:
        raise PasswordRefused(say("密码过于简单，请使用更多不同的字符。"))
    if is_common(password):
        raise PasswordRefused(say("这个密码太常见，容易被猜中。请换成几个互不相关的词，或一句只有自己知道的话。"))
    if policy is Policy.DENGBAO and classes(password) < CLASSES:
        raise PasswordRefused(say("密码应包含大写字母、小写字母、数字、符号四类中的至少三类。"))


def classes(password: str) -> int:
    """Return how many of the four classes of signs a password holds: upper, lower, digits, anything else."""
    kinds = (str.isupper, str.islower, str.isdigit)
    found = {next((n for n, kind in enumerate(kinds) if kind(sign)), len(kinds)) for sign in password}
    return len(found)


def is_common(password: str) -> bool:
    """Tell whether a password is a well-known word with trimmings, or a walk over the keyboard."""
    plain = unicodedata.normalize("NFKC", password).casefold()
    return _is_word(plain) or _is_walk(plain)


def _is_word(plain: str) -> bool:
    """Tell whether nothing but digits and signs surrounds a well-known word, once or several times, also p@ssw0rd."""
    spellings = (plain, plain.translate(LEET), plain.strip("0123456789!").translate(LEET))
    cores = {re.sub(r"[\W\d_]+", "", spelling) for spelling in spellings} - {""}
    return any(core == word * (len(core) // len(word)) for core in cores for word in WORDS)


def _is_walk(plain: str) -> bool:
    """Tell whether little is left of a password once the walks are taken out."""
    rest, place = 0, 0
    signs = plain.translate(SHIFTED)
    while place < len(signs):
        step = _longest_walk(signs[place:])
        rest += 0 if step else 1
        place += step or 1
    return rest <= LEFT_OVER


def _longest_walk(signs: str) -> int:
    """Return how many signs from the first on follow a walk, or none where they are fewer than STEP."""
    longest = 0
    for length in range(STEP, len(signs) + 1):
        if not any(signs[:length] in walk for walk in WALKS):
            break
        longest = length
    return longest

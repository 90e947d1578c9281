"""Draws answers to the form of 112 indicators that could be true: every cross-check is kept. Drawn, not gathered."""

from random import Random

YES_NO = (
    *(2, 8, 9, 10, 16, 17, 18, 21, 29, 31, 32, 33, 35, 37, 38, 41, 50, 51, 52, 54, 55, 56, 58, 59, 61, 62, 63, 64, 65),
    *(68, 69, 72, 73, 74, 76, 77, 79, 80, 84, 85, 89, 90, 101, 102, 103, 104, 105, 106, 112),
)
BAD = (13, 15, 60, 107)
COUNTS = (7, 11, 12, 14, 22, 23, 28, 30, 44, 45, 49, 53, 57, 70, 71, 86, 96, 97, 98, 110, 111)


def sensible(draw: Random) -> dict[str, str]:
    """Return what a clerk of one district types, by blank."""
    offices = draw.randint(5, 16)
    typed = {f"I{number:03}": draw.choice("是是是否") for number in YES_NO}
    typed |= {f"I{number:03}": draw.choice("否否否是") for number in BAD}
    typed |= {f"I{number:03}": str(draw.randint(0, 60)) for number in COUNTS}
    typed |= {"I003": draw.choice(["街道（乡镇）", "区司法局", "均有"])}
    return typed | _meetings(draw) | _offices(draw, offices) | _conditions(draw, offices) | _people(draw, offices)


def _meetings(draw: Random) -> dict[str, str]:
    typed: dict[str, str] = {}
    for number in (1, 39, 40, 42, 43, 95):
        times = draw.randint(0, 40)
        typed |= {f"I{number:03}a": str(times), f"I{number:03}b": str(times * draw.randint(5, 30))}
    for number in (34, 36):
        cases = draw.randint(0, 30)
        typed |= {f"I{number:03}a": str(cases), f"I{number:03}b": str(draw.randint(0, cases))}
    return typed | {f"I078{letter}": str(draw.randint(0, 900)) for letter in "abc"}


def _offices(draw: Random, offices: int) -> dict[str, str]:
    joint, other = draw.randint(0, offices), 0
    alone = draw.randint(0, offices - joint)
    own = draw.randint(0, offices)
    return {
        "I004": str(joint),
        "I005": str(other),
        "I006": str(alone),
        "I082b": str(offices),
        "I099": str(own),
        "I100": str(offices - own),
    }


def _conditions(draw: Random, offices: int) -> dict[str, str]:
    typed: dict[str, str] = {}
    for asked, following in ((19, "I020"), (24, "I025"), (26, "I027")):
        typed[f"I{asked:03}"] = draw.choice("是否")
        if typed[f"I{asked:03}"] == "是":
            typed[following] = "4.5" if following == "I020" else str(draw.randint(0, 50))
    whole = draw.choice("是否")
    towns = draw.randint(4, offices)
    typed |= {"I066a": whole, "I067a": str(towns), "I067b": str(towns)}
    typed |= {} if whole == "是" else {"I066b": str(draw.randint(1, offices))}
    further = draw.choice("是否")
    typed |= {"I081a": further} | ({"I081b": "是", "I081c": "是"} if further == "是" else {})
    shared = draw.choice("是否")
    typed |= {"I108": shared} | ({"I109a": "2", "I109b": "矫正系统", "I109c": "调解系统"} if shared == "否" else {})
    return typed


def _people(draw: Random, offices: int) -> dict[str, str]:
    posts = offices * draw.randint(4, 6)
    staff = draw.randint(offices, posts)
    holders = draw.randint(0, staff)
    new, appointed, villages = draw.randint(0, 12), draw.randint(0, 6), draw.randint(50, 300)
    certified = draw.randint(0, appointed)
    first = draw.randint(10, 40)
    shares = {f"I091{letter}": str(first + 5 * place) for place, letter in enumerate("abcd")}
    return shares | {
        "I082a": str(posts),
        "I083": str(staff),
        "I087": str(holders),
        "I088a": str(new),
        "I088b": str(draw.randint(0, new)),
        "I092": str(appointed),
        "I093": str(certified),
        "I094": str(certified + draw.randint(0, 9)),
        "I046": "是",
        "I047": str(draw.randint(1, 300)),
        "I048": str(draw.randint(1, 900)),
        "I075a": str(villages),
        "I075b": str(villages + draw.randint(0, 40)),
    }

"""Names the browser and the system of a session in words that its person recognizes."""

from tracker.rules.words import say

BROWSERS = (
    ("wxwork", say("企业微信")),
    ("MicroMessenger", say("微信")),
    ("DingTalk", say("钉钉")),
    ("QQBrowser", say("QQ 浏览器")),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)
"""What a browser calls itself; most call themselves by older names as well, so that the first match counts."""

SYSTEMS = (
    ("HarmonyOS", say("鸿蒙")),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def device(agent: str) -> str:
    """Return browser and system, or what is sent where neither is known."""
    found = [next((label for sign, label in names if sign in agent), "") for names in (BROWSERS, SYSTEMS)]
    browser, system = found
    if browser and system:
        return say("{browser}，{system}", browser=browser, system=system)
    return browser or system or agent or say("未知设备")

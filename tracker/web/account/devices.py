"""Names the browser and the system of a session in words that its person recognizes."""

BROWSERS = (
    ("wxwork", "企业微信"),
    ("MicroMessenger", "微信"),
    ("DingTalk", "钉钉"),
    ("QQBrowser", "QQ 浏览器"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)
"""What a browser calls itself; most call themselves by older names as well, so that the first match counts."""

SYSTEMS = (
    ("HarmonyOS", "鸿蒙"),
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
    return "，".join(name for name in found if name) or agent or "未知设备"

"""Know the paragraphs that end a document behind its last task: 请各单位于…前报…, 特此通知, 以上任务由…牵头."""

import re

_CLOSES = re.compile(
    r"请(?:各|有关|相关|上述|以上|牵头|责任|市直|区直|县直)"
    r"|(?:各|有关|相关)[\u4e00-\u9fff、()]{0,16}(?:单位|部门|地区|处室|科室|镇|街道)[^。]{0,40}(?:报送|上报|报至|反馈|报[\u4e00-\u9fff]{1,10}[办室局处科厅委])"
    r"|(?:特此|专此)[\u4e00-\u9fff]{1,6}[。,;]?$|此[复函][。]?$"
    r"|[(]?(?:业务|工作)?(?:联系|联络)(?:人|员|电话|方式)|本(?:通知|方案|计划|清单|要点|文件|办法)(?:自|由)"
)
_COVERS = re.compile("(?:以上|上述|前述)[^。;,:]{0,16}?(?:任务|工作|事项|项目|举措|措施|[项条])[,均都由请须应统一于在]")
_CERTAIN = re.compile("特此|专此|此[复函]|[(]?(?:业务|工作)?(?:联系|联络)|本(?:通知|方案|计划|清单|要点|文件|办法)")


def closes(folded: str) -> bool:
    """Tell whether a line without a number begins as a closing paragraph does."""
    return _CLOSES.match(folded) is not None or covers(folded)


def covers(folded: str) -> bool:
    """Tell whether a line begins as a sentence on all the tasks before it does."""
    return _COVERS.match(folded) is not None


def needs_no_statement(folded: str) -> bool:
    """Tell whether a closing paragraph is one even behind an item that states neither units nor a deadline."""
    return _CERTAIN.match(folded) is not None

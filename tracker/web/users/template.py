"""The empty sheet for accounts: heads, drop-down lists, and what may be written where."""

import io
from collections.abc import Sequence
from urllib.parse import quote

import xlsxwriter
from flask import Response

from tracker.overview.tables import FORMATS
from tracker.people.account_lists import NO_END
from tracker.people.account_sheets import DEMANDED, HEADS, POSTS
from tracker.rules.permissions import ROLE_TEXT, Role

ROWS = 2000

HINTS = {
    "账号": "英文字母、数字、点、横线和下划线；已有的账号按本行修改，没有的新建。",
    "姓名": "最多 60 字。",
    "角色": "见右侧列表。",
    "单位": "全称、简称或别名，见右侧列表。",
    "邮箱": "收提醒信用；空着则不改。",
    "电话": "例如 021-12345678；空着则不改。",
    "职务": "见右侧列表；空着则不改。",
    "失效日期": f"从这一天起不能登录，写成 2026-12-31 的形式，或写“{NO_END}”；空着则不改，新账号为{NO_END}。",
}


def template_file(units: Sequence[str], roles: Sequence[Role]) -> Response:
    """Send the sheet with the words that this person may use."""
    out = io.BytesIO()
    workbook = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    bold, text = workbook.add_format({"bold": True}), workbook.add_format({"num_format": "@"})
    sheet, notes = workbook.add_worksheet("人员"), workbook.add_worksheet("填写说明")
    words = {"角色": [ROLE_TEXT[role] for role in roles], "单位": list(units), "职务": list(POSTS)}
    for column, head in enumerate(HEADS):
        sheet.write_string(0, column, head, bold)
        # As text, so that a program does not turn a telephone number or a date into something else.
        sheet.set_column(column, column, 20, text)
    sheet.freeze_panes(1, 0)
    for line, (head, hint) in enumerate(HINTS.items()):
        notes.write_string(line, 0, head, bold)
        notes.write_string(line, 1, ("必填。" if head in DEMANDED else "") + hint)
    notes.set_column(1, 1, 70)
    for column, (head, allowed) in enumerate(words.items(), 3):
        notes.set_column(column, column, 24)
        notes.write_string(0, column, head, bold)
        for line, word in enumerate(allowed, 1):
            notes.write_string(line, column, word)
        letter = "DEF"[column - 3]
        source = f"=填写说明!${letter}$2:${letter}${len(allowed) + 1}"
        place = HEADS.index(head)
        sheet.data_validation(1, place, ROWS, place, {"validate": "list", "source": source, "error_type": "warning"})
    workbook.close()
    response = Response(out.getvalue(), mimetype=FORMATS["xlsx"][0])
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote('人员导入模板.xlsx')}"
    return response

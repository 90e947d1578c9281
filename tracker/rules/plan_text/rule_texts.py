"""Say in one sentence what each rule of the reader did, for people who look behind a field."""

from tracker.rules.words import say

RULE_TEXT: dict[str, str] = {
    "numbered_item": say("按编号读作一项任务。"),
    "paragraph_item": say("没有编号的一段，因写明了单位或时限，读作一项任务。"),
    "neighbour_item": say("与相邻任务同级，自己没有写明单位和时限，仍读作一项任务。"),
    "finest_item": say("全文没有写明单位和时限，按任务部分最细的编号读作任务。"),
    "label_line": say("单独一行的标签之后写明。"),
    "label_bracket": say("括号内的标签之后写明。"),
    "label_inline": say("正文中的标签之后写明。"),
    "bare_bracket": say("括号内没有标签，按“牵头”“负责”“配合”等字样和名称的形式读出。"),
    "stating_sentence": say("整句只说由谁办理、何时完成，据此读出。"),
    "stating_clause": say("句末写明由谁办理、何时完成，据此读出；原句保留。"),
    "stray_item": say("没有编号，夹在有编号的任务之间，因写明了单位和时限，读作单独一项任务。"),
    "month_heading": say("自己没有写明时限，按所在月份的标题读出。"),
    "inherited": say("自己没有写明，沿用上级标题写明的内容。"),
    "covering_note": say("自己没有写明，按文件中统一说明的一句话读出。"),
    "table_column": say("按表头所在的列读出。"),
    "table_row": say("表格的一行读作一项任务。"),
    "table_cell": say("按单元格里写明的分工读出。"),
    "table_merged": say("合并的单元格，沿用上面一行写明的内容。"),
    "table_period": say("按作了标记的最后一个月份或季度读出。"),
    "table_marks": say("按单位所在列的标记读出。"),
    "table_contents": say("表头没有写明，按这一列的内容读出。"),
    "first_leads": say("按文件的说明，排在第一位的是牵头单位。"),
    "guessed_item": say("没有认出任务部分的标题，按编号和写法推测为一项任务，须经人确认。"),
    "sentence_actor": say("没有标签，按句子的主语提出，须经人确认。"),
    "not_stated": say("文件没有写明。"),
}
"""What each rule did, by its name."""

WHY_SEVERAL_DEADLINES = say("写了不止一个时间，取最后一个。")
WHY_NO_DATE = say("时限的写法换算不成日期。")
WHY_NO_YEAR = say("月份没有写年份，文件也没有年份可用。")
WHY_NO_DAY = say("时限从某件事算起，日历上没有这一天，请确认。")
WHY_JOINED = say("名单在换页处断开，已连成一体。")
WHY_ODD_NAME = say("名称不像单位，可能混入了别的文字。")
WHY_PROPOSED = say("只是按句子提出，不约束任何单位。")
WHY_GUESSED = say("不能确定这一段是任务，请确认；不是任务的请撤下。")
WHY_STRAY = say("原文没有给这一段编号，序号是系统编的，请确认它是单独一项任务。")
WHY_TWO_TASKS = say("写了不止一组责任单位和时限，可能不止一项任务，请核对，必要时拆分。")
WHY_SEVERAL_NUMBERS = say("一格里接连写了几个编号，可能不止一项任务，请核对，必要时拆分。")
WHY_NO_HEAD = say("表头没有写明这一列是什么。")

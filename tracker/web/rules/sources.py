"""On what each setting of a score rule rests: a sentence of a document, a step of the plan, or a mere default."""

from collections.abc import Sequence
from typing import Any

from tracker.rules.score_terms import ANSWER_DAYS, APPEAL_DAYS, Rule
from tracker.rules.words import say
from tracker.scoring.terms import EVALUATION, SELF_EVALUATION, Terms

DOUBTS: dict[str, str] = {
    # X2-02
    "沪松司发〔2021〕19号 第 134 行": say(
        "这一句写在一个满分 20 分的大项里，同一大项还有两条各扣 5 分的规定。未完成任务合计最多扣几分，原文没有写："
        "可以理解为扣完 20 分为止，也可以理解为只扣其中的 10 分。两种都可以设定，待市局确认。"
    ),
}
"""What a sentence of a rule leaves open, by the beginning of its place."""


def doubt(rule: Rule) -> str:
    """Return what the sentence that a rule rests on leaves open, and which reading holds now."""
    found = [text for place, text in DOUBTS.items() if rule.source.startswith(place)]
    if not found:
        return ""
    if rule.cap is None:
        return say("{doubt}现在不另设上限，扣到 0 分为止。", doubt=found[0])
    return say("{doubt}现在合计最多扣 {cap} 分。", doubt=found[0], cap=f"{rule.cap.normalize():f}")


def rests_on(standing: Terms, milestones: Sequence[Any]) -> dict[str, str]:
    """Return on what each setting rests, by the names of `rule_changes.described`, in the order of the page."""
    steps = {step.kind: step for step in milestones}
    return {
        say("满分"): say("引文所在大项的分值；方案本身没有分值，待市局确认。"),
        say("每项未完成扣分"): say("引文写明的扣分；方案本身没有扣分办法，待市局确认。"),
        say("未完成合计最多扣"): say("引文只写“扣完为止”，没有写扣到哪里为止。"),
        say("逾期后办结"): say("引文只对“未能完成”扣分，逾期后办结是否扣分没有规定；默认不扣。"),
        say("司法所作为完成条件"): say(
            "各司法所列在责任部门里，文件没有写区局的完成是否以司法所为条件；默认不作条件。"
        ),
        say("评估时间"): _step(steps.get(EVALUATION)),
        say("自评上报期限"): _step(steps.get(SELF_EVALUATION)),
        say("提出异议的期限"): say("没有文件规定；默认 {n} 个工作日，待市局确认。", n=APPEAL_DAYS),
        say("答复异议的期限"): say("没有文件规定；默认 {n} 个工作日，待市局确认。", n=ANSWER_DAYS),
        say("得分排名给谁看"): say("没有文件规定；默认各区都能看到。"),
    }


def _step(step: Any | None) -> str:
    """Say where the plan names a day, in its own words."""
    if step is None:
        return say("方案没有写明日期。")
    note = say("（{note}）", note=step.note) if step.note else ""
    return say(
        "方案第 {line} 行：“{raw}”，{title}{note}。",
        line=step.line_from,
        raw=step.date_raw,
        title=step.title,
        note=note,
    )

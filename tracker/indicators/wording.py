"""Says of a blank what a person must read to fill it in: its sub-task, its sentence, when it is asked."""

from collections.abc import Mapping

from tracker.indicators.forms import KnownForm
from tracker.rules.indicators.decisions import Decision, key_of, mark_of
from tracker.rules.indicators.form import Blank, Indicator
from tracker.rules.indicators.kinds import kind_of
from tracker.rules.indicators.values import NO, YES
from tracker.rules.words import say

HERE, ELSEWHERE = "【＿＿】", "＿＿"
ANSWER_TEXT = {YES: "是", NO: "否"}


def sub_task_text(known: KnownForm, indicator: Indicator, decided: Mapping[str, Decision]) -> str:
    """Return the sub-task above a question (X0-10); one that is proposed is marked by what was `decided` of it.

    Where none is printed and none proposed, or it was decided to leave it as printed, the text is empty.
    """
    texts = {each.number: each.text for each in known.form.sub_tasks}
    if indicator.sub_task is not None:
        return texts.get(indicator.sub_task, "")
    proposed = (each for each in known.terms.remarks if each.concerns == indicator.code and each.sort == "sub_task")
    found = next(proposed, None)
    if found is None or decided.get(key_of(found)) is Decision.AS_PRINTED:
        return ""
    return say(
        "（{mark}）{text}", mark=mark_of(found, decided.get(key_of(found))), text=texts.get(int(found.proposed), "")
    )


def sentence(indicator: Indicator, blank: Blank) -> str:
    """Return the words of an answer cell with the place of one blank marked; the only blank needs none."""
    if len(indicator.blanks) == 1:
        return ""
    told = (each if isinstance(each, str) else HERE if each == blank else ELSEWHERE for each in indicator.segments)
    return "".join(told).strip()


def conditions(known: KnownForm, key: str, indicator: Indicator, blank: Blank) -> str:
    """Say when a blank is asked, and what else is to be known of it; empty where nothing is."""
    told = [
        say("仅当 {on} 填“{answer}”时填写", on=each.on, answer=ANSWER_TEXT.get(each.answer, each.answer))
        for each in known.terms.conditions
        if each.blank == key
    ]
    if kind_of(blank).beyond:
        told.append(say("两种都有的填“均有”"))
    if indicator.number in known.terms.survey_only:
        told.append(say("此项仅为调查数据"))
    return "；".join(told)

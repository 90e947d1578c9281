"""Give a form as plain JSON values, in the form of `tracker indicators form --json`."""

from dataclasses import asdict
from typing import Any

from tracker.rules.indicators.form import Blank, Form, Indicator
from tracker.rules.indicators.problems import PROBLEM_TEXT, FormProblem
from tracker.rules.indicators.terms import FormTerms

Json = dict[str, Any]


def form_json(form: Form, terms: FormTerms, problems: tuple[FormProblem, ...]) -> Json:
    """Give everything as plain values: printed wording, placings proposed beside it, and what is odd."""
    return {
        "title": form.title,
        "parts": [{"title": part.title, "lines": list(part.lines)} for part in form.parts],
        "contents": [
            {
                "code": each.code,
                "number": each.number,
                "title": each.title,
                "text": each.text,
                "lines": list(each.lines),
            }
            for each in form.contents
        ],
        "sub_tasks": [{"code": each.code, **asdict(each)} for each in form.sub_tasks],
        "indicators": [_indicator(each, terms) for each in form.indicators],
        "problems": [{**asdict(each), "message": message(each)} for each in problems],
    }


def message(problem: FormProblem) -> str:
    """Say what is odd."""
    return PROBLEM_TEXT[problem.code].format(what=problem.what)


def _indicator(indicator: Indicator, terms: FormTerms) -> Json:
    return {
        "code": indicator.code,
        "number": indicator.number,
        "question": indicator.question,
        "kind": indicator.kind,
        "cell": indicator.cell,
        "part": indicator.part,
        "content": indicator.content,
        "sub_task": indicator.sub_task,
        "line": indicator.line,
        "column": indicator.column,
        "blanks": [_blank(indicator, blank, terms) for blank in indicator.blanks],
        "bad_if_yes": indicator.number in terms.bad_if_yes,
        "survey_only": indicator.number in terms.survey_only,
        "proposed": [asdict(remark) for remark in terms.remarks if remark.concerns == indicator.code],
        "tasks": [[link.doc_number, link.task] for link in terms.links if indicator.number in link.indicators],
    }


def _blank(indicator: Indicator, blank: Blank, terms: FormTerms) -> Json:
    key = indicator.key(blank)
    asked_if = [[each.on, each.answer] for each in terms.conditions if each.blank == key]
    return {"key": key, **asdict(blank), "options": list(blank.options), "asked_if": asked_if}

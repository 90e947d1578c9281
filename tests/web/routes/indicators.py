"""The pages and forms of the indicator form, and what they answer to whom."""

from tests.web.routes.everyone import BUT_SUPERVISOR

CITY = "admin supervisor leader reviewer"
SEES = f"{CITY} lead clerk"
BUT_FILLERS = f"{CITY} office auditor"
BUT_LEAD = f"{BUT_FILLERS} clerk"
UNIT, UNITS = "/indicators/<id:round_id>/<id:unit_id>", "/indicators/{round}/{songjiang}"
ROUND, ROUNDS = "/indicators/<id:round_id>", "/indicators/{round}"
NOBODY_ELSE = {403: "office auditor"}

ROUTES: dict[tuple[str, str], tuple[str, dict[int, str]]] = {
    ("GET", "/indicators"): ("/indicators", {200: SEES, 302: "office", 403: "auditor"}),
    ("GET", "/indicators/rounds/new"): ("/indicators/rounds/new", {200: "supervisor", 403: BUT_SUPERVISOR}),
    ("POST", "/indicators/rounds/new"): ("/indicators/rounds/new", {422: "supervisor", 403: BUT_SUPERVISOR}),
    ("GET", ROUND): (ROUNDS, {200: CITY, 302: "lead clerk", **NOBODY_ELSE}),
    ("GET", f"{ROUND}/close"): (f"{ROUNDS}/close", {200: "supervisor", 403: BUT_SUPERVISOR}),
    ("POST", f"{ROUND}/close"): (f"{ROUNDS}/close", {409: "supervisor", 403: BUT_SUPERVISOR}),
    ("GET", f"{UNIT}/extend"): (f"{UNITS}/extend", {200: "supervisor", 403: BUT_SUPERVISOR}),
    ("POST", f"{UNIT}/extend"): (f"{UNITS}/extend", {422: "supervisor", 403: BUT_SUPERVISOR}),
    **{
        ("GET", UNIT + page): (UNITS + address, {200: SEES, **NOBODY_ELSE})
        for page, address in (
            ("", ""),
            ("/part/<int:number>", "/part/1"),
            ("/blank/<key>", "/blank/I007"),
            ("/workbook", "/workbook"),
            ("/workbook.xlsx", "/workbook.xlsx"),
            ("/paper", "/paper"),
            ("/paper.docx", "/paper.docx"),
            ("/paper.xlsx", "/paper.xlsx"),
            ("/figures", "/figures"),
            ("/files", "/files"),
        )
    },
    **{
        ("GET", ROUND + page): (ROUNDS + address, {200: SEES, **NOBODY_ELSE})
        for page, address in (
            ("/table", "/table"),
            ("/indicator/<int:place>", "/indicator/7"),
            ("/answers.csv", "/answers.csv"),
            ("/questions", "/questions"),
        )
    },
    **{
        ("GET", f"{ROUND}/table.{ending}"): (f"{ROUNDS}/table.{ending}", {200: CITY, 403: "lead clerk office auditor"})
        for ending in ("csv", "xlsx", "docx")
    },
    **{
        ("POST", UNIT + act): (UNITS + act, {303: "lead clerk", 403: BUT_FILLERS})
        for act in ("/cover", "/figures/withdraw")
    },
    **{("POST", UNIT + act): (UNITS + act, {409: "lead clerk", 403: BUT_FILLERS}) for act in ("/figures/confirm",)},
    **{
        ("POST", UNIT + act): (UNITS + act, {422: "lead clerk", 403: BUT_FILLERS})
        for act in ("/workbook", "/workbook/merge", "/figures", "/explain")
    },
    **{("POST", UNIT + act): (UNITS + act, {404: "lead clerk", 403: BUT_FILLERS}) for act in ("/files", "/files/take")},
    ("POST", f"{UNIT}/files/<id:file_id>/remove"): (
        f"{UNITS}/files/2000000/remove",
        {404: "lead clerk", 403: BUT_FILLERS},
    ),
    ("POST", f"{UNIT}/part/<int:number>"): (f"{UNITS}/part/1", {303: "lead clerk", 403: BUT_FILLERS}),
    ("POST", f"{UNIT}/submit"): (f"{UNITS}/submit", {422: "lead", 403: BUT_LEAD}),
    ("POST", f"{UNIT}/recall"): (f"{UNITS}/recall", {409: "lead", 403: BUT_LEAD}),
    ("POST", f"{UNIT}/blank/<key>"): (f"{UNITS}/blank/I007", {422: "supervisor", 403: BUT_SUPERVISOR}),
    ("GET", "/indicators/files/<id:file_id>"): ("/indicators/files/2000000", {404: SEES, **NOBODY_ELSE}),
    ("GET", "/indicators/figures"): ("/indicators/figures", {200: "office", 403: f"{SEES} auditor"}),
    ("POST", "/indicators/figures"): ("/indicators/figures", {303: "office", 403: f"{SEES} auditor"}),
    ("GET", "/indicators/burden"): ("/indicators/burden", {200: SEES, **NOBODY_ELSE}),
    ("POST", f"{ROUND}/questions"): (f"{ROUNDS}/questions", {422: "lead clerk", 403: BUT_FILLERS}),
    ("POST", f"{ROUND}/questions/<id:question_id>/answer"): (
        f"{ROUNDS}/questions/2000000/answer",
        {404: "supervisor", 403: BUT_SUPERVISOR},
    ),
    ("GET", "/indicators/forms/<name>"): ("/indicators/forms/shanghai-112", {200: SEES, **NOBODY_ELSE}),
    ("POST", "/indicators/forms/<name>"): ("/indicators/forms/shanghai-112", {404: "supervisor", 403: BUT_SUPERVISOR}),
    ("GET", "/indicators/definitions"): ("/indicators/definitions", {200: SEES, **NOBODY_ELSE}),
    ("GET", "/indicators/definitions/<form>/<id:about>"): (
        "/indicators/definitions/shanghai-112/7",
        {200: SEES, **NOBODY_ELSE},
    ),
    ("POST", "/indicators/definitions/<form>/<id:about>"): (
        "/indicators/definitions/shanghai-112/7",
        {422: "supervisor", 403: BUT_SUPERVISOR},
    ),
}

"""The working calendar by the command line."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask

Cli = Callable[..., Any]

SEED = Path(__file__).parents[2] / "seeds" / "holidays" / "2026.csv"


def test_a_dry_run_compares_and_an_import_stores(app: Flask, cli: Cli) -> None:
    dry = cli("workdays", "import", SEED, "--dry-run")
    assert (dry.code, dry.out) == (0, "2026 年：新增 39 天，改动 0 天，删除 0 天，不变 0 天。\n")
    assert "没有写入" in dry.err
    assert cli("workdays", "list", "--year", 2026, "--json").json["source"] == ""
    assert "已导入" in cli("workdays", "import", SEED).err
    found = cli("workdays", "list", "--year", 2026, "--json").json
    assert (found["known"], found["source"], found["working_days"]) == (True, "2026.csv", 248)
    assert found["days"][0] == {"day": "2026-01-01", "working": False, "note": "元旦", "override": True}
    assert "不变 39 天" in cli("workdays", "import", SEED).out


def test_a_year_is_listed_as_the_program_knows_it(app: Flask, cli: Cli) -> None:
    ran = cli("workdays", "list", "--year", "2026")
    assert ran.out.splitlines()[-1] == "2026-10-10\t班\t内置\t国庆节调休"
    assert ran.err == ""
    unknown = cli("workdays", "list", "--year", "2027")
    assert unknown.out == ""
    assert "没有 2027 年的放假安排" in unknown.err
    assert cli("workdays", "list", "--json").json["year"] == 2021


def test_a_wrong_file_is_refused_in_one_line(app: Flask, cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("2027-10-32,休\n2027-10-01,玩\n", "utf-8")
    ran = cli("workdays", "import", tmp_path / "a.csv")
    assert (ran.code, ran.out) == (1, "")
    assert len(ran.err.splitlines()) == 1
    assert "第 1 行" in ran.err
    assert "第 2 行" in ran.err
    assert cli("workdays", "import", tmp_path / "none.csv").code == 1
    assert cli("workdays", "list", "--year", "1999").code == 2

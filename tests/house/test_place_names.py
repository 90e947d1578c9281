"""The program knows no city and no district: what belongs to one stands in seeds/ and in the database (X4-07)."""

import ast
import re

from tests.house.source import name, package_files, tree

PLACES = re.compile(r"上海|北京|普陀|松江|浦东|朝阳|十六|(?<!\d)16\s*(个|区|家|districts|bureaus)")
KNOWN = {
    "tracker/cli/serve.py": "tells which demo accounts there are; they belong to the first seed",
}
"""Files that may name a place, and why."""


def test_no_text_of_the_program_names_a_city_a_district_or_their_number() -> None:
    found = {
        name(path): node.value[:60]
        for path in package_files()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and PLACES.search(node.value)
    }
    assert set(found) == set(KNOWN), found

"""The keyboard alone: what is worked must be reached by Tab, arrows or the page's own keys, and be seen to be."""

from playwright.sync_api import Locator, expect

from tests.browser.days.hands import WAIT, Hand

MOST_TABS = 120
"""Who has not arrived by then has given up."""

MOST_OPTIONS = 250
MOST_ROWS = 60

WHERE = """target => {
  const at = document.activeElement;
  if (at === target) { return "here"; }
  if (!at || at === document.body) { return "nowhere"; }
  const choices = [at, target].every(element => element.type === "radio" && element.name === target.name);
  if (choices && at.form === target.form) { return "beside"; }
  return at.compareDocumentPosition(target) & Node.DOCUMENT_POSITION_FOLLOWING ? "ahead" : "behind";
}"""
"""Where a thing lies, seen from what holds the focus."""

SHOWN = """target => {
  const drawn = [target, target.nextElementSibling, target.parentElement].some(element => {
    if (!element) { return false; }
    const style = getComputedStyle(element);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  });
  const box = target.getBoundingClientRect();
  const inside = box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth;
  return drawn && inside && target.matches(":focus-visible");
}"""
"""Whether the one who looks at the screen sees that a thing holds the focus."""

PAST_THE_SKIP_LINK = "target => document.activeElement.matches('.skip-link') && !!target.closest('main')"
FIELD = "() => !!document.activeElement.closest('input:not([type=checkbox]):not([type=radio]), textarea, select')"


class Keyboard(Hand):
    """Somebody who has no mouse."""

    name = "keyboard"

    def keys(self, *names: str) -> None:
        """Press keys one after the other, on a page whose scripts listen."""
        self.page.wait_for_load_state()
        for key in names:
            self.page.keyboard.press(key)

    def reach(self, target: Locator) -> None:
        """Press Tab until the thing holds the focus, and see that it does; the skip link spares the way to the text."""
        expect(target).to_be_visible(timeout=WAIT)
        thing = target.element_handle()  # Looked for once: there are many keys to press.
        for _ in range(MOST_TABS):
            where = thing.evaluate(WHERE)
            if where == "here":
                return self.sees_focus(target)
            self.keys({"beside": "ArrowDown", "behind": "Shift+Tab"}.get(where, "Tab"))
            if where == "nowhere" and thing.evaluate(PAST_THE_SKIP_LINK):
                self.keys("Enter")
        raise AssertionError(f"not reached by {MOST_TABS} keys: {target}")

    def sees_focus(self, target: Locator) -> None:
        """See on the screen that the thing holds the focus."""
        assert target.evaluate(SHOWN), f"no visible focus: {target}"

    def touch(self, target: Locator) -> None:
        """Reach it, then press it."""
        self.reach(target)
        box = target.evaluate("target => ['checkbox', 'radio'].includes(target.type)")
        if not box:
            self.keys("Enter")
        elif not target.is_checked():
            self.keys("Space")

    def write(self, target: Locator, words: str) -> None:
        """Type over what the field holds."""
        self.reach(target)
        if target.get_attribute("type") == "date":
            self._write_day(target, words)
        else:
            self.keys("Control+a")
            self.page.keyboard.type(words)
        expect(target).to_have_value(words, timeout=WAIT)

    def _write_day(self, target: Locator, day: str) -> None:
        """Type the parts of a day in the order in which this machine writes them."""
        year, month, number = day.split("-")
        for parts in ((year, month, number), (month, number, year)):
            for part in parts:
                self.page.keyboard.type(part)
                if part == year:  # Only the year waits for more figures.
                    self.keys("ArrowRight")
            if target.input_value() == day:
                return
            self.keys("ArrowLeft", "ArrowLeft")

    def pick(self, target: Locator, option: str) -> None:
        """Go through the list by arrows."""
        self.reach(target)
        self.keys("Home")
        for _ in range(MOST_OPTIONS):
            if target.evaluate("list => list.selectedOptions[0].label") == option:
                return
            self.keys("ArrowDown")
        raise AssertionError(f"no {option} in {target}")

    def tick_row(self, row: Locator) -> None:
        """Walk to the row by j, and tick it by x."""
        self._walk_to(row)
        self.keys("x")
        expect(row.get_by_role("checkbox")).to_be_checked(timeout=WAIT)

    def open_row(self, row: Locator) -> None:
        """Walk to the row by j, and open it."""
        self._walk_to(row)
        link = row.get_by_role("link").first
        expect(link).to_be_focused(timeout=WAIT)
        self.sees_focus(link)
        self.keys("Enter")

    def _walk_to(self, row: Locator) -> None:
        expect(row).to_be_visible(timeout=WAIT)
        while self.page.evaluate(FIELD):
            self.keys("Tab")
        current = self.page.locator("tr.row-current")
        behind = "row => row.compareDocumentPosition(document.querySelector('tr.row-current')) & 4"
        key = "k" if current.count() and row.evaluate(behind) else "j"
        for _ in range(MOST_ROWS):
            if "row-current" in (row.get_attribute("class") or "").split():
                return
            self.keys(key)
        raise AssertionError(f"not reached by {MOST_ROWS} times {key}: {row}")

    def go(self, label: str) -> None:
        """Go by the keys that lead to a place, where it has any."""
        place = {"我的待办": "t", "任务×区": "m", "得分排名": "s"}.get(label)
        if place is None or self.page.evaluate(FIELD):
            super().go(label)
        else:
            self.keys("g", place)

    def search(self, words: str) -> None:
        """The slash leads to the search."""
        self.keys("/")
        expect(self.page.get_by_role("banner").get_by_role("searchbox")).to_be_focused(timeout=WAIT)
        self.page.keyboard.type(words)
        self.keys("Enter")

    def open_cell(self, task: str, district: str) -> None:
        """Walk the matrix by arrows."""
        cell = self.cell(task, district)
        self.reach(self.page.locator(".matrix tbody a[tabindex='0']"))
        place = cell.element_handle()
        for _ in range(MOST_TABS):
            way = place.evaluate(TOWARDS)
            if not way:
                break
            self.keys(way)
        expect(cell).to_be_focused(timeout=WAIT)
        self.sees_focus(cell)
        self.keys("Enter")
        beside = self.page.get_by_role("dialog", name="责任事项一览")
        expect(beside).to_contain_text("最近填报", timeout=WAIT)
        self.touch(beside.get_by_role("link", name="打开责任事项"))


TOWARDS = """cell => {
  const to = cell.closest("td, th"), at = document.activeElement.closest("td, th");
  if (to.parentElement !== at.parentElement) {
    return at.compareDocumentPosition(to) & Node.DOCUMENT_POSITION_FOLLOWING ? "ArrowDown" : "ArrowUp";
  }
  return to.cellIndex === at.cellIndex ? "" : to.cellIndex > at.cellIndex ? "ArrowRight" : "ArrowLeft";
}"""
"""Which arrow leads on to a cell of the matrix."""

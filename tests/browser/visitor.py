"""A person at a browser: signs in, and walks one task through the loop; keeps what the console complains of."""

from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect

from tests.browser.conftest import PATIENCE
from tracker.i18n import catalogue
from tracker.rules.words import SOURCE
from tracker.seeding.accounts import DEMO_PASSWORD

CLERK, REVIEWER, SUPERVISOR = "songjiang-clerk", "reviewer-xingfazhixing", "supervisor"
TASK = "根据社区矫正机构的委托，承担社区矫正相关工作"
"""Task 7, due in February."""

REASON = "请补充受委托事项的书面材料。"
WIDTH, PHONE = 1366, 390

REFUSALS = """document.addEventListener("securitypolicyviolation", event => {
  console.error("refused by the policy: " + event.violatedDirective + " " + event.blockedURI + " " + event.sample);
});"""
"""Says in the console what the content security policy keeps out, also where the browser itself would be silent."""


class Visitor:
    """A browser window of its own, with the complaints of its console."""

    def __init__(
        self, browser: Browser, server: str, java_script: bool = True, phone: bool = False, scale: float = 1
    ) -> None:
        """Open the window."""
        self.host, self.language = urlsplit(server).netloc, SOURCE
        self.context: BrowserContext = browser.new_context(
            base_url=server,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            java_script_enabled=java_script,
            reduced_motion="reduce",  # Colours that are still changing cannot be measured.
            device_scale_factor=scale,
            viewport={"width": PHONE if phone else WIDTH, "height": 850},
        )
        self.context.set_default_timeout(PATIENCE * 1000)
        if java_script:
            self.context.add_init_script(REFUSALS)
        self.context.on("request", self._watch)
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.frame_seen = False
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._listen)

    def _watch(self, request: Request) -> None:
        place = urlsplit(request.url)
        if place.scheme in ("http", "https", "ws", "wss") and place.netloc != self.host:
            self.complaints.append(f"{self.page.url} asks another machine: {request.url}")

    def _listen(self, message: ConsoleMessage) -> None:
        # A refused form answers 4xx on purpose, and the browser says so of the page itself.
        answer_of_page = "Failed to load resource" in message.text and "/static/" not in message.location["url"]
        if message.type in ("error", "warning") and not answer_of_page:
            self.complaints.append(f"{self.page.url}: {message.text}")

    def says(self, source: str) -> str:
        """Return a sentence of the interface in the language of this window."""
        return source if self.language == SOURCE else catalogue(self.language)(source)

    def speak_english(self) -> None:
        """Choose the language on the login page, or in the bar of any other, as a person would."""
        self.page.goto("/account")
        if "/login" in self.page.url:
            self.page.get_by_role("button", name="English").click()
        else:
            self.page.locator(".bar-display > summary").click()
            self.page.get_by_label("English").check()
        expect(self.page.locator("html")).to_have_attribute("lang", "en")
        self.language = "en"

    def sign_in(self, account: str) -> Page:
        """Sign in as somebody else than before."""
        self.context.clear_cookies()
        self.page.goto("/login")
        self.page.get_by_label("账号").fill(account)
        self.page.get_by_label("密码").fill(DEMO_PASSWORD)
        self.page.get_by_role("button", name="登录").click()
        expect(self.page.get_by_role("button", name="退出")).to_be_visible()
        self.page.wait_for_load_state()  # A page is seen before its scripts listen to keys.
        return self.page


def sign_for(page: Page) -> None:
    """Open the task from the to-do list and sign for it."""
    page.goto("/todo")
    page.get_by_role("link", name=TASK).click()
    page.get_by_role("main").get_by_role("button", name="签收").click()
    expect(page.get_by_role("main")).to_contain_text("已签收，请按时限填报进展")


def ask_for_completion(page: Page, done: str) -> None:
    """File a completion report with a piece of evidence, from the task's page."""
    page.get_by_role("main").get_by_role("link", name="填报", exact=True).click()
    page.get_by_label("完成情况").fill(done)
    page.get_by_label("佐证材料").set_input_files(
        {"name": "受委托事项清单.txt", "mimeType": "text/plain", "buffer": "清单".encode()}
    )
    page.get_by_role("button", name="申请办结").click()
    expect(page.get_by_role("main")).to_contain_text("已申请办结，等待审核")


def review(page: Page, button: str, reason: str = "") -> None:
    """Find the report in the review queue, and decide."""
    page.goto("/todo?tab=review")
    page.get_by_role("row", name=TASK).get_by_role("link", name="审核", exact=True).click()
    page.get_by_label("审核意见").fill(reason)
    page.get_by_role("button", name=button).click()


def walk_the_loop(visitor: Visitor) -> None:
    """Sign for task 7, file it, have it returned, file it again, have it accepted."""
    clerk = visitor.sign_in(CLERK)
    sign_for(clerk)
    ask_for_completion(clerk, "已与社区矫正机构办理委托手续。")
    review(visitor.sign_in(REVIEWER), "退回修改", REASON)
    clerk = visitor.sign_in(CLERK)
    clerk.goto("/todo?tab=returned")
    clerk.get_by_role("link", name=TASK).click()
    ask_for_completion(clerk, "- 委托手续已办妥\n- **书面材料**已附")
    review(visitor.sign_in(REVIEWER), "审核通过")

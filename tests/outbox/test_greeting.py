"""The salutation is added when a letter is sent, in both forms."""

from tracker.letters import Body, greeted

STORED = Body("您好。\n", "<body>\n<!--salutation-->\n<p>您好。</p>\n</body>")


def test_a_letter_greets_in_both_forms() -> None:
    sent = greeted(STORED, "松江区司法局 <测试>")
    assert sent.text == "松江区司法局 <测试>：\n\n您好。\n"
    assert sent.html == "<body>\n<p>松江区司法局 &lt;测试&gt;：</p>\n<p>您好。</p>\n</body>"


def test_without_a_salutation_nothing_is_added() -> None:
    assert greeted(STORED, "") == STORED

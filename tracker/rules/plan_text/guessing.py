"""Find what could be tasks in a plan whose headings and wording say nothing of the kind; a person has to confirm it."""

import re
from collections.abc import Iterator, Sequence

from tracker.rules.plan_text.items import Item, leaves, region_of_node, whole_text
from tracker.rules.plan_text.lines import fold, squash
from tracker.rules.plan_text.outline import Node, Outline
from tracker.rules.plan_text.regions import Region, region_of

FEWEST = 2
"""A single numbered point is no plan."""

SHORTEST, OPENING = 6, 40
"""Characters: a shorter point is a heading; what is to be done is said at the beginning."""

MOST_DONE = 0.34
"""The share of a group's points that may tell of what has been done."""

FEWEST_ASKED = 0.5
"""The share of a group's points that must ask for something."""

ASKS = re.compile(
    "推进|推动|推行|推广|开展|组织|建立|建设|建成|新建|改建|扩建|改造|完善|健全|加强|强化|加快|加大|深化|优化|提升|提高|实施|落实|制定|制订|修订|编制|出台|印发"
    "|举办|召开|办好|办理|做好|抓好|搞好|管好|用好|完成|启动|整治|整改|清理|清查|排查|检查|巡查|监督|督促|指导|培训|培育|培养|宣传|普及|举行|参加|争创|创建|申报|争取|引进|招聘"
    "|更换|更新|修缮|维修|维护|硬化|绿化|亮化|安装|购置|采购|配备|添置|设立|设置|开通|开发|开放|开设|拓展|拓宽|扩大|增加|增设|减少|压缩|降低|严格|规范|统一|统筹|协调|对接"
    "|发放|兑现|签订|征集|收集|梳理|汇总|上报|报送|公布|公示|公开|评选|表彰|走访|慰问|帮扶|救助|关爱|化解|调解|打击|查处|治理|防范|防控|保障|确保|支持|鼓励|引导"
    "|研究|探索|试点|调研|论证|设计|规划|谋划|筹备|筹建|策划|选派|选拔|选聘|考核|评估|评审|验收|审核|审批|通报|整合|搬迁|拆除|疏浚|清淤|种植|发包|招标|搭建|打造|构建|形成"
    "|学习|传达|贯彻|坚持|深入|持续|全面|定期|及时|力争|尽快|继续|进一步"
)
_PAST = re.compile(
    "同比|环比|比上年|较上年|比去年|较去年|已(?:经|于|完成|建|有|全)|共(?:有|计|办理|受理)|累计|完成了|开展了|取得了|到了|没有一|截至"
)
_CONTACT = re.compile("1[3-9][0-9]{9}|0[0-9]{2,3}-?[0-9]{7,8}|电话|@|https?:")
PASSED = frozenset({Region.STEPS, Region.OTHER, Region.REVIEW, Region.REQUIREMENTS})


def guessed_items(outline: Outline) -> list[Item]:
    """Give the points of the groups that ask for something, of those that no heading rules out."""
    groups = [group for group in _groups(outline) if _asks(group)]
    nodes = [node for group in groups for node in group]
    return [Item(node, region_of_node(node), place) for place, node in enumerate(nodes)]


def _groups(outline: Outline) -> Iterator[list[Node]]:
    """Give the finest points, those under one heading together, and those without a heading."""
    alone: list[Node] = []
    for root in outline.roots:
        if region_of(root.heading) in PASSED:
            continue
        if root.children:
            yield [node for node in _finest(root) if region_of_node(node) not in PASSED]
        else:
            alone.append(root)
    yield alone


def _finest(root: Node) -> list[Node]:
    found = leaves(root)
    return list(root.children) if found == [root] else found


def _asks(group: Sequence[Node]) -> bool:
    """Tell whether points ask for something: most begin with what to do, few tell of the past, none is an address."""
    texts = [fold(whole_text(node)) for node in group]
    if len(texts) < FEWEST or any(len(squash(text)) < SHORTEST for text in texts):
        return False
    done = sum(_PAST.search(text) is not None for text in texts)
    asked = sum(ASKS.search(text[:OPENING]) is not None for text in texts)
    if any(_CONTACT.search(text) for text in texts):
        return False
    return done <= MOST_DONE * len(texts) and asked >= FEWEST_ASKED * len(texts)

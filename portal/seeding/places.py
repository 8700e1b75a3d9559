"""The places and people of the demonstration: two towns, six villages, somebody in every role."""

from datetime import timedelta

import pyotp

from portal.accounts import service as accounts
from portal.places import service as places
from portal.roles import GRANTS, Role
from portal.seeding.world import World

PASSWORD = "kan-ming-bai-2026"  # noqa: S105 - the demonstration's, told in demo.json
DISTRICT = ("district", "990101", "district", "安平区", "Anping District")
TOWNS = (("990101101", "qingxi", "清溪镇", "Qingxi Town"), ("990101102", "baisha", "白沙镇", "Baisha Town"))
# code, short, name, name_en, town, adults, people, households, initials, what it shows
VILLAGES = (
    ("990101101201", "liuhe", "柳河村", "Liuhe Village", "qingxi", 1121, 1486, 412, "lhc", "round open"),
    ("990101101202", "shiqiao", "石桥村", "Shiqiao Village", "qingxi", 1580, 2104, 585, "sqc", "round published"),
    ("990101101203", "dongling", "东岭村", "Dongling Village", "qingxi", 240, 332, 96, "dlc", "triage"),
    ("990101102201", "nanwan", "南湾村", "Nanwan Village", "baisha", 910, 1230, 340, "nwc", "under review"),
    ("990101102202", "xinglin", "杏林村", "Xinglin Village", "baisha", 1510, 1985, 551, "xlc", "nothing due"),
    ("990101102203", "xinzhuang", "新庄村", "Xinzhuang Village", "baisha", 620, 815, 226, "xzc", "empty"),
)
# role, place, name, Latin name
PEOPLE = (
    ("village_clerk", "liuhe", "孙海燕", "Sun Haiyan"), ("secretary", "liuhe", "周建民", "Zhou Jianmin"),
    ("supervision", "liuhe", "王福林", "Wang Fulin"),
    ("village_clerk", "shiqiao", "李秀英", "Li Xiuying"), ("secretary", "shiqiao", "郑国强", "Zheng Guoqiang"),
    ("supervision", "shiqiao", "何玉梅", "He Yumei"),
    ("village_clerk", "dongling", "马小军", "Ma Xiaojun"), ("secretary", "dongling", "韩长根", "Han Changgen"),
    ("supervision", "dongling", "宋月香", "Song Yuexiang"),
    ("village_clerk", "nanwan", "陈桂芳", "Chen Guifang"), ("secretary", "nanwan", "唐志刚", "Tang Zhigang"),
    ("supervision", "nanwan", "吕德海", "Lü Dehai"),
    ("village_clerk", "xinglin", "赵春兰", "Zhao Chunlan"), ("secretary", "xinglin", "高文博", "Gao Wenbo"),
    ("supervision", "xinglin", "徐金生", "Xu Jinsheng"),
    ("village_clerk", "xinzhuang", "钱立新", "Qian Lixin"), ("secretary", "xinzhuang", "冯大勇", "Feng Dayong"),
    ("supervision", "xinzhuang", "邓素珍", "Deng Suzhen"),
    ("town_office", "qingxi", "刘敏", "Liu Min"), ("town_discipline", "qingxi", "李卫东", "Li Weidong"),
    ("town_office", "baisha", "罗静", "Luo Jing"), ("town_discipline", "baisha", "沈学文", "Shen Xuewen"),
    ("district_organisation", "district", "顾明", "Gu Ming"), ("district_finance", "district", "田瑞", "Tian Rui"),
    ("district_discipline", "district", "陈静", "Chen Jing"),
    # One of the commission confirmed the facts, a panel takes two of the district, one more signs, and two others
    # answer an appeal.
    ("district_discipline", "district", "何正", "He Zheng"), ("district_finance", "district", "梁慧", "Liang Hui"),
    ("district_discipline", "district", "许清", "Xu Qing"),
    ("operator", "district", "方圆", "Fang Yuan"),
)


def seed(world: World) -> None:
    """Make the places, a little over a year ago, and the people."""
    began = world.now - timedelta(days=400)
    with world.stores.portal.write() as session:
        kind, code, short, name, name_en = DISTRICT
        world.places[short] = places.create(session, began, parent=None, kind=kind, code=code, short=short, name=name,
                                            name_en=name_en)
        for code, short, name, name_en in TOWNS:
            world.places[short] = places.create(session, began, parent=world.places["district"], kind="town", code=code,
                                                short=short, name=name, name_en=name_en)
        for code, short, name, name_en, town, adults, people, households, initials, shows in VILLAGES:
            # The empty village joined this week: it shows a first day, not a year of neglect.
            opened = world.now - timedelta(days=5) if short == "xinzhuang" else began
            world.places[short] = places.create(
                session, opened, parent=world.places[town], kind="village", code=code, short=short, name=name,
                name_en=name_en, adults=adults, people=people, households=households, initials=initials,
            )
            world.demo.setdefault("villages", []).append(
                {"code": code, "name": name, "town": world.places[town].name, "shows": shows})
        held = dict[tuple[str, str], int]()
        for role, short, name, name_en in PEOPLE:
            totp = pyotp.random_base32() if GRANTS[Role(role)][0] != "village" else ""
            held[role, short] = held.get((role, short), 0) + 1
            user = f"{short}-{role}".replace("_", "-") + (f"-{number}" if (number := held[role, short]) > 1 else "")
            person = accounts.add_person(session, user=user, name=name, name_en=name_en, totp=totp,
                                         kept=accounts.hashed(PASSWORD))
            accounts.give_role(session, began, person, Role(role), world.places[short])
            world.people.setdefault((role, short), person)
            world.demo.setdefault("logins", []).append(
                {"user": user, "password": PASSWORD, "role": role, "place": world.places[short].code,
                 "totp": totp or None})

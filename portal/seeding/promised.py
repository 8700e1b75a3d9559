"""What the secretaries of the demonstration promised, and what became of it so far: data."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Told:
    """A report: when (part of the time from the promise to now), per cent, state, words, reason, picture."""

    when: float
    percent: int
    state: str
    words: str = ""
    explanation: str = ""
    picture: str = ""


@dataclass(frozen=True)
class Change:
    """Another wording, when it was proposed, and whether the town has approved it yet."""

    when: float
    title: str
    words: str
    target: str
    reason: str
    by: str
    approved: bool = True


@dataclass(frozen=True)
class Plan:
    """A promise. `by` is a month and day, or a number of days before now ("-40")."""

    title: str
    words: str
    by: str
    target: str = ""
    unit: str = ""
    told: tuple[Told, ...] = ()
    change: Change | None = None
    found: tuple[str, str] | None = None


ON, BEHIND, DONE = "on_track", "behind", "done"
PLANS: dict[str, tuple[Plan, ...]] = {
    "liuhe": (
        Plan(
            "修通三组到镇上的水泥路 1.8 公里",
            "路面宽 4 米，厚 18 厘米，从三组路口接到镇上大路，通车前请各组代表一起量。",
            "12-20",
            "1.8",
            "公里",
            (
                Told(0.3, 20, ON, "路基清完，占地的 7 户都签了。"),
                Told(0.65, 60, ON, "铺好 1.1 公里，三组那头先通。", picture="road"),
                Told(0.94, 90, ON, "只剩桥头 180 米，等混凝土干透就划线。", picture="road"),
            ),
            found=(ON, ""),
        ),
        Plan(
            "合作社油茶新增 200 亩",
            "在后山荒坡种油茶，合作社统一供苗，成活率九成以上才算数。",
            "12-31",
            "200",
            "亩",
            (
                Told(0.35, 20, ON, "整地 60 亩，种下 40 亩。", picture="trees"),
                Told(
                    0.93,
                    35,
                    BEHIND,
                    "种下 70 亩。",
                    "夏天旱了两个月，苗子成活不到七成，要等下雨后补栽；供苗合同已经重签，开春前补齐。",
                    "trees",
                ),
            ),
            found=("late", "苗子成活率低，镇农技站派人来看，八月底前拿出补栽办法。"),
        ),
        Plan(
            "主路装路灯 40 盏",
            "从村口到小学，太阳能灯，每 30 米一盏，坏了三天内修。",
            "09-30",
            "40",
            "盏",
            (
                Told(0.4, 50, ON, "装好 20 盏。"),
                Told(0.7, 100, DONE, "40 盏全亮，小学门口多装了一盏。", picture="lamps"),
            ),
            found=(ON, ""),
        ),
        Plan(
            "东沟水渠清淤 2 公里",
            "从水库放水口清到六组田头，清出的泥拉到废塘。",
            "11-30",
            "2",
            "公里",
            (
                Told(0.4, 30, ON, "清了 600 米。"),
                Told(0.88, 80, ON, "清到五组，还剩 240 米。", picture="canal"),
            ),
            Change(
                0.5,
                "东沟水渠清淤 1.2 公里",
                "从水库放水口清到五组路口；六组那段今年由县水利局修，不重复花钱。",
                "1.2",
                "县水利局七月把六组那 800 米列进了今年的项目，村里不用再清。",
                "12-25",
            ),
        ),
        Plan(
            "给 26 户老人家里装扶手",
            "八十岁以上独住的老人，厕所和门口各装一副，不收钱。",
            "12-28",
            "26",
            "户",
            (
                Told(0.5, 40, ON, "装好 10 户。"),
                Told(0.9, 77, ON, "装好 20 户，剩下 6 户等老人从儿女家回来。"),
            ),
        ),
        Plan(
            "村卫生室每周二、周五有医生",
            "镇卫生院派人坐诊，来没来写在门口的牌子上。",
            "12-31",
            told=(
                Told(0.3, 30, ON, "三月起每周五来。"),
                Told(0.85, 80, ON, "九月起周二也来了，两个月缺过一次。", picture="house"),
            ),
            found=(ON, "去了两次，医生都在。"),
        ),
        Plan(
            "建垃圾分类点 6 个",
            "每组一个，有棚有水，两天拉一次。",
            "12-20",
            "6",
            "个",
            (
                Told(0.45, 33, ON, "一组、二组建好。"),
                Told(0.9, 67, ON, "四个能用，五组、六组的棚子在做。", picture="bins"),
            ),
        ),
        Plan(
            "办夜校 10 期",
            "农机、电商、算账各办几期，晚上七点，谁都能来。",
            "12-31",
            "10",
            "期",
            (
                Told(0.5, 40, ON, "办了 4 期。"),
                Told(0.92, 80, ON, "办了 8 期，来得最多的是农机维修。"),
            ),
        ),
    ),
    "shiqiao": (
        Plan(
            "石桥加护栏、限重牌",
            "老桥两边装护栏，桥头立限重 5 吨的牌子。",
            "08-31",
            told=(
                Told(0.35, 50, ON, "护栏做好了，等安装。"),
                Told(0.62, 100, DONE, "装好了，交通站来验过。", picture="road"),
            ),
            found=(ON, ""),
        ),
        Plan(
            "自来水管换新 3.5 公里",
            "一组到四组的旧铁管换成新管，换的时候当天恢复供水。",
            "12-25",
            "3.5",
            "公里",
            (
                Told(0.5, 45, ON, "换了 1.6 公里。"),
                Told(0.9, 85, ON, "换到四组，剩下入户那一段。", picture="canal"),
            ),
        ),
        Plan(
            "村集体收入到 30 万元",
            "果园承包、冷库出租和光伏三块，每季度在公开栏上看得到。",
            "12-31",
            "30",
            "万元",
            (
                Told(0.6, 55, ON),
                Told(0.9, 80, ON, "冷库租出去了，还差果园下半年的租金。"),
            ),
            Change(
                0.97,
                "村集体收入到 26 万元",
                "果园承包、冷库出租和光伏三块，每季度在公开栏上看得到。",
                "26",
                "七月冰雹打了果园，承包户申请减租三成。",
                "12-31",
                approved=False,
            ),
        ),
        Plan(
            "文化礼堂周末开门",
            "周六、周日早八点到晚八点，有人值班。",
            "12-31",
            told=(Told(0.4, 60, ON), Told(0.88, 90, ON)),
        ),
        Plan(
            "修补小学围墙 120 米",
            "暑假里修完，不影响上课。",
            "08-31",
            "120",
            "米",
            (Told(0.6, 100, DONE, "八月修完，学校签了字。", picture="house"),),
        ),
    ),
    "dongling": (
        Plan(
            "修好进村的塌方路段",
            "塌了的 80 米砌挡墙，重铺路面。",
            "-40",
            "80",
            "米",
            (Told(0.4, 40, ON, "挡墙砌了一半。"),),
            found=("at_risk", "七月去看，工地停了两周，请书记说清楚钱和人什么时候到位。"),
        ),
        Plan(
            "养蜂合作社新增 10 户",
            "镇里给蜂箱，合作社包收。",
            "12-31",
            "10",
            "户",
            (
                Told(0.5, 30, ON),
                Told(0.85, 40, BEHIND, "加入 4 户。", "收购价没谈下来，多数人在看；十二月初请收购商来村里当面讲。"),
            ),
        ),
        Plan(
            "给村里装 4 个监控",
            "村口、晒场、水库、学校门口。",
            "10-31",
            "4",
            "个",
            (Told(0.55, 100, DONE, "", "", "lamps"),),
        ),
        Plan(
            "清理三处旧猪圈",
            "拆了以后种菜，不再堆东西。",
            "12-10",
            "3",
            "处",
            (Told(0.6, 34, ON), Told(0.9, 67, ON, "还剩一处。")),
        ),
    ),
    "nanwan": (
        Plan(
            "鱼塘清淤 60 亩",
            "清淤、加固塘埂，开春能放苗。",
            "11-30",
            "60",
            "亩",
            (
                Told(0.4, 20, ON),
                Told(0.86, 30, BEHIND, "清了 18 亩。", "挖机被县里调去修堤，十二月初能回来。", "canal"),
            ),
            found=("late", "进度慢，请另找机械。"),
        ),
        Plan(
            "村口到码头路灯 24 盏",
            "坏的 15 盏修好，再加 9 盏。",
            "10-15",
            "24",
            "盏",
            (
                Told(0.45, 60, ON),
                Told(0.9, 62, BEHIND, "修好 15 盏。", "新灯的钱在审核，没批下来之前不敢定货。", "lamps"),
            ),
            found=("at_risk", "钱从哪里来要写清楚。"),
        ),
        Plan("莲藕合作社分红不少于去年", "年底按股分，账贴出来。", "12-31", told=(Told(0.6, 50, ON),)),
        Plan(
            "拆除危房 5 处",
            "住人的先安置再拆。",
            "09-30",
            "5",
            "处",
            (Told(0.62, 100, DONE, "五处都拆了，两户搬进新房。", picture="house"),),
        ),
        Plan(
            "每月走访一遍困难户",
            "38 户，每户每月一次，走访单留给户主。",
            "12-31",
            "38",
            "户",
            (Told(0.5, 50, ON), Told(0.9, 83, ON)),
        ),
        Plan(
            "垃圾中转站搬到村外",
            "离住户 500 米以上。",
            "12-20",
            told=(Told(0.5, 20, ON), Told(0.9, 60, ON, "新地方平整好了。", picture="bins")),
        ),
    ),
    "xinglin": (
        Plan(
            "杏园修滴灌 150 亩",
            "管子埋到地头，装水表，用多少交多少。",
            "10-31",
            "150",
            "亩",
            (
                Told(0.4, 60, ON),
                Told(0.68, 100, DONE, "150 亩全部通水。", picture="trees"),
            ),
            found=(ON, ""),
        ),
        Plan(
            "把杏脯厂的废水管好",
            "建沉淀池，排水口装监测，数字每月贴出来。",
            "12-15",
            told=(Told(0.5, 50, ON), Told(0.9, 90, ON, "沉淀池已用。")),
        ),
        Plan(
            "幸福食堂每天开两餐",
            "七十岁以上老人一餐三块，菜单贴在门口。",
            "12-31",
            told=(
                Told(0.35, 50, ON, "开了午餐。"),
                Told(0.88, 95, ON, "午餐、晚餐都开，每天来 40 人左右。", picture="house"),
            ),
            found=(ON, "饭菜都尝了，账目清楚。"),
        ),
        Plan(
            "种行道树 600 棵",
            "村道两边，成活率九成以上。",
            "11-15",
            "600",
            "棵",
            (
                Told(0.4, 50, ON),
                Told(0.82, 100, DONE, "种了 640 棵，活了 596 棵，缺的开春补。", picture="trees"),
            ),
        ),
        Plan(
            "给每家做一次用电检查",
            "551 户，老线路换新。",
            "12-25",
            "551",
            "户",
            (Told(0.5, 45, ON), Told(0.9, 88, ON, "查完 485 户。")),
        ),
    ),
}

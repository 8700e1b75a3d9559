"""What villagers of the demonstration said, and what became of it. Invented, as everything here.

`ago`: weeks before today. `until`: how far the case has come: new, looked, accepted, asked (a question is open),
answered (the reporter has answered), extended, or an outcome with which it was closed.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Said:
    """One report. `question`, `reply`, `result`: what was written both ways. `facts`: kinds found by both offices."""

    village: str
    ago: int
    category: str
    text: str
    until: str = "accepted"
    channel: str = "open"
    source: str = "saw"
    question: str = ""
    reply: str = ""
    result: str = ""
    facts: tuple[str, ...] = ()
    noted: tuple[str, ...] = ()  # kinds that only the town found so far
    village_task: str = ""
    village_answer: str = ""
    town_involved: bool = False
    pictured: bool = False
    rated: int = 0  # what the reporter thinks of the result: 1 not content, 2 so so, 3 content
    reopened: str = ""  # why it should be looked at again


V = "voice"
REPORTS = (
    # 柳河村: a village like many, a few things of every kind
    Said("liuhe", 38, "word", "去年修的桥头护栏真好，孩子上学放心多了。", "founded", source="",
         result="谢谢，话带给村里了。"),
    Said("liuhe", 31, "services", "二组井房的水泵老跳闸，浇地要排到半夜。", "founded", source="",
         village_task="二组井房水泵常跳闸，看一看是线路还是泵的问题。",
         village_answer="换了空开和一段电缆，九号起正常了。",
         result="村里换了空开和一段电缆，已经能用了。", rated=3),
    Said("liuhe", 27, "manner", "到村部开证明去了三趟，都说管章的人不在，也没说什么时候在。", "founded", V,
         result="村部门口贴了值班表，管章的人不在时由副主任代管。"),
    Said("liuhe", 22, "benefits", "临时救助我家对门拿了两回，我问了村里，说名额满了。不知道是怎么排的。",
         "unfounded", source="heard",
         result="查了申请表和公示，两次是两个项目，都开过会、公示过。怎么申请已经贴在村部。", rated=2),
    Said("liuhe", 14, "procedure", "路灯工程换了施工队，没听说开过会。", "partly", V, "heard",
         result="换人开过两委会，没有公开。现在补上了会议记录，也在公开栏贴了。",
         reopened="公开栏贴的会议记录没有人签名，开会那天我就在村部，没见开会。"),
    Said("liuhe", 5, "money", "八月份修水渠，说是用了 40 个工，我们组只看到七八个人干了两天。账上写 36,000 元。",
         "answered", V,
         question="已经调了用工单。请问您看到干活的是哪几天？记不清说个大概就行。",
         reply="大概是八月初五、初六两天，下过雨以后就没人来了。",
         facts=("ledger",), noted=("sum",), pictured=True),
    Said("liuhe", 3, "services", "三组路口的灯坏了一个多月，晚上看不见坑。", "accepted", source="",
         village_task="三组路口路灯不亮，请看一看并报个修好的日子。"),
    Said("liuhe", 2, "manner", "有人去问低保的事，被说“你懂什么”，当着好多人。", "looked", source="heard"),
    Said("liuhe", 1, "word", "能不能把每月的账念一遍放在大喇叭里？好多老人看不了字。", "looked", source=""),
    Said("liuhe", 0, "land", "河滩那块集体地好像又有人在上面打桩，不知道租给谁了。", "new", source="suspect"),
    Said("liuhe", 0, "slips", "有人收选票，或者教人怎么投。是谁：村里的人：村委、支部、组长。", "new", source=""),
    Said("liuhe", 0, "slips", "有人收选票，或者教人怎么投。是谁：亲戚、邻居、老板。", "new", source=""),
    # 石桥村: quiet, one closed without fault, one that the town left lying
    Said("shiqiao", 33, "land", "晒谷场被划出去一块，没见公告。", "unfounded", source="suspect",
         result="量过了，是修水沟临时堆料，已经清走，面积没少。"),
    Said("shiqiao", 19, "benefits", "种粮补贴少了两分地，村里说是按合同面积算的。", "not_ours", V,
         result="面积以确权证为准，要改到县农经站去，材料和电话贴在村部了。"),
    Said("shiqiao", 12, "money", "老年食堂每月收五块钱的卫生费，没有收据。", "extended", V,
         question="收费的是村里的人，还是承包食堂的人？", reply="是承包的人收的，说是村里让收的。"),
    Said("shiqiao", 6, "procedure", "卖旧校舍的事，只在微信群里说了一句。", "looked", source="heard"),
    Said("shiqiao", 2, "word", "想问问明年的医保什么时候交、去哪里交。", "founded", source="",
         result="一月十五号以前，村部每天上午都能交，也可以在手机上交。", rated=1),
    # 杏林村: well run, people mostly ask
    Said("xinglin", 36, "word", "建议把垃圾桶挪到路口，车好转弯。", "founded", source="",
         village_task="有人建议把垃圾桶挪到路口，请看是否方便。", village_answer="挪了，保洁员也说好。",
         result="村里已经挪了。"),
    Said("xinglin", 17, "manner", "合作社过秤的时候不让看。", "founded", V, result="秤挪到门外，两边都能看。"),
    Said("xinglin", 4, "services", "村东头的电线离晾衣架太近，下雨天怕人。", "founded", source="",
         village_task="村东头电线低，请联系供电所。", village_answer="供电所来升高了。", result="供电所升高了电线。"),
    Said("xinglin", 1, "word", "给党员服务队点个赞，帮我妈挑了一个冬天的水。", "looked", source=""),
    Said("xinglin", 7, "manner", "镇里来的人到村里吃饭，好几回都是村里买的单，有人看见单子。",
         "accepted", V, "heard", town_involved=True),
    # 东岭村: 240 adults, one matter that does not stop
    Said("dongling", 20, "benefits", "护林员的补助，名单上有个人常年在外地打工。", "accepted", V, "saw"),
    Said("dongling", 14, "money", "收了我们一户 200 块修路的钱，没有收据，路也没修。", "accepted", V, facts=("sum",)),
    Said("dongling", 13, "money", "修路的钱交了，问了三次，都说等开春。", "extended", V),
    Said("dongling", 12, "procedure", "收修路钱没有开会，是一家一家上门说的。", "extended", V),
    Said("dongling", 11, "benefits", "退耕还林的钱，我家少发了一年，说是卡的问题，卡好好的。",
         "extended", V, noted=("ledger",)),
    Said("dongling", 10, "money", "村里卖了一片杉木，钱没听说进哪本账。", "extended", V),
    Said("dongling", 9, "manner", "去问钱的事，被轰出来了。", "extended", V),
    Said("dongling", 8, "money", "听说杉木是卖给一个外县老板的，拉了四车。",
         "accepted", source="heard", noted=("date",)),
    Said("dongling", 7, "procedure", "五月以后公开栏就没换过，玻璃都打不开。", "accepted", V),
    Said("dongling", 6, "land", "水库边上那块地围起来了，说是有人承包，没见合同。", "accepted", V),
    Said("dongling", 5, "benefits", "护林员换了人，新名单没贴出来。", "looked", V, "heard"),
    Said("dongling", 4, "money", "修路收钱的事，我妹妹家也交了，也是没收据。", "accepted", V, facts=("sum",)),
    Said("dongling", 3, "procedure", "说开过村民代表会，我就是代表，没人叫我。", "looked", V),
    Said("dongling", 2, "money", "今年的电费分摊比去年多了一倍，没贴明细。", "looked", V),
    Said("dongling", 2, "threat", "有人跟我说，再问杉木的事，明年的补助就别想了。", "looked"),
    Said("dongling", 1, "manner", "开证明要先“表个态”，不许往外说。", "new", V),
    Said("dongling", 0, "money", "又有人上门收路灯钱，还是不给票。", "new", V),
    # 南湾村: 910 adults, three facts found by two people each: a review
    Said("nanwan", 26, "word", "鱼塘边上能不能修个栏杆，小孩多。", "founded", source="", result="村里装了栏杆。"),
    Said("nanwan", 14, "money", "鱼塘去年租出去了，租金没在公开栏上看到。", "accepted", V, facts=("ledger",),
         question="鱼塘是哪一口？大概什么时候租的？", reply="是村西那口大的，去年年底，放了鞭炮的。"),
    Said("nanwan", 13, "money", "清淤说花了两万多，就来了一台小挖机，一天半。",
         "accepted", V, facts=("document",), pictured=True),
    Said("nanwan", 13, "procedure", "鱼塘租给谁没有开会，是听承包的人自己说的。", "accepted", V, "heard"),
    Said("nanwan", 12, "money", "买树苗的收据我见过，上面没有人签字。", "extended", V, facts=("document",)),
    Said("nanwan", 12, "land", "村西大塘边上的机动地也一起给了承包的人。", "extended", V),
    Said("nanwan", 11, "money", "鱼塘租金的事，问过会计，说不归他管。", "extended", V, "heard"),
    Said("nanwan", 11, "manner", "谁问鱼塘，谁家的事就办得慢。", "extended", V, "suspect"),
    Said("nanwan", 10, "benefits", "公益岗位三个人，有两个是一家的。", "extended", V),
    Said("nanwan", 10, "money", "清淤的泥卖给了砖厂，一车八十，卖了好多车。", "extended", V),
    Said("nanwan", 9, "procedure", "公开栏上的第三季度只有一张总表，没有明细。", "extended", V),
    Said("nanwan", 9, "money", "村里的旧抽水机不见了，听说卖了。", "extended", V, "heard"),
    Said("nanwan", 8, "land", "机动地今年的租金单子上没有村西那一块。", "accepted", V),
    Said("nanwan", 7, "money", "鱼塘承包的人说租金早就交了，一次交了三年。", "accepted", V, "heard"),
    Said("nanwan", 5, "money", "树苗去年死了一大半，今年又报了一回。", "asked", V,
         question="今年报的是哪一片？有没有贴过单子？"),
    Said("nanwan", 3, "procedure", "问村里要鱼塘合同看，说锁在柜子里，钥匙不在。", "looked", V),
    Said("nanwan", 1, "manner", "有人在群里说谁往上反映谁就是跟村里过不去。", "new"),
    Said("nanwan", 0, "word", "想知道鱼塘的事查得怎么样了。", "new", source=""),
)
GRAVEST = Said("nanwan", 0, "threat", "昨晚有人砸了我家的窗，喊话说再去镇上就不止砸窗。", "new")
"""Told once the district has its key for the gravest reports: only that opens it."""

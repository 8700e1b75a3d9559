"""What the demonstration's villages publish: rows for every item of the catalogue. All of it is invented.

A sample is a line of cells parted by "|", in the order of its fields. In a cell, {secretary}, {clerk} and
{supervision} are the village's own people, {a} to {d} others of its people, {year} the period's year. A cell
"~1200" is an amount or a number near 1200, different each time; "@" is a day (or month) inside the period.
"""

NAMES = (
    "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "马", "朱", "胡", "郭", "何", "高", "林", "罗",
    "欧阳", "郑", "梁", "宋", "唐", "韩", "曹", "许", "邓", "冯",
)  # fmt: skip
GIVEN = (
    "玉海", "秀兰", "德顺", "桂英", "建国", "小红", "福林", "春生", "月香", "长根", "志强", "淑珍", "明", "根", "大山", "爱华", "金生",
    "凤英", "国栋", "水生", "翠花", "永福", "来顺", "素珍", "立新", "冬梅", "有田", "文博", "巧云", "铁柱",
)  # fmt: skip

# item: (fields, lines)
SAMPLES: dict[str, tuple[str, tuple[str, ...]]] = {
    "V01": ("title_text|body|adopted_on|votes_for|votes_against|filed_on", (
        "村规民约|第一条 门前三包，垃圾不乱倒。\n第二条 红事白事不大办，酒席不超过 15 桌。\n第三条 河道、沟渠不许堵，水大家轮着用。\n"
        "第四条 邻里有事先找组长，组长说不成找村里。\n第五条 不赌博，不放高利贷。\n第六条 老人有人管，孩子有学上。|@|43|2|@",)),
    "V02": ("official_name|post|duty|term|office_phone", (
        "{secretary}|支书、村主任|全面工作，管钱的最后一道签字|2024 年到 2029 年|0912-6520101",
        "{a}|村委会副主任|种地补贴、水电、修路|2024 年到 2029 年|0912-6520102",
        "{b}|村委会委员|低保、救助、老年饭桌|2024 年到 2029 年|0912-6520103",
        "{clerk}|村文书|公章、档案、公开|2024 年到 2029 年|0912-6520104",
        "{supervision}|村监委主任|看账、看工程、收意见|2024 年到 2029 年|0912-6520105")),
    "V03": ("goal|measure|owner|deadline", (
        "修通三组到镇上的路|铺水泥 1.8 公里，镇里给一半|{secretary}|{year}-12-20", "清一遍灌溉渠|雨季前清完 6 条|{a}|{year}-05-31",
        "老年饭桌不断|每天一顿午饭，55 位老人|{b}|{year}-12-31", "油茶再种 200 亩|合作社出苗，户里出工|{secretary}|{year}-12-31",
        "路灯坏了三天内修好|和镇电管站签维修单|{a}|{year}-12-31")),
    "V04": ("body|eligible|present|votes_for|votes_against|votes_abstain|progress", (
        "同意修三组到镇上的水泥路，先修 1.2 公里，钱不够的部分等明年再说。|50|46|44|1|1|60",
        "同意把村部后面的旧仓库租出去，三年一签，租金进集体账。|50|43|41|2|0|100",
        "同意 80 岁以上老人每月多补 30 元，从油茶分红里出。|50|47|47|0|0|80")),
    "V05": ("official_name|post|days|rate|amount|fund", (
        "{a}|村委会副主任|~18|100.00|=|镇里运转经费", "{b}|村委会委员|~14|100.00|=|镇里运转经费", "{c}|一组组长|~9|80.00|=|集体账",
        "{d}|三组组长|~11|80.00|=|集体账")),
    "V06": ("item|kind|budget|remark", (
        "鱼塘、门面租金|收入|86000.00|按合同", "镇里运转经费|收入|120000.00|镇里拨", "油茶分红|收入|64000.00|看收成", "修路|支出|90000.00|大会定的",
        "老年饭桌|支出|48000.00|每月 4,000", "路灯、水渠|支出|30000.00|小修", "误工补贴|支出|22000.00|按天", "办公、水电|支出|14000.00|比去年少 1,000")),
    "V07": ("date|voucher_no|payer|item|amount|account", (
        "@|收-0{n}|{town}财政所|村级运转经费|~30000|农商行基本户", "@|收-0{n}|高玉海|东沟鱼塘租金|~9000|农商行基本户",
        "@|收-0{n}|柳絮油茶专业合作社|油茶分红|~64000|农商行基本户", "@|收-0{n}|李根|门面租金|~4500|现金转存",
        "@|收-0{n}|{town}供水站|代收水费返还|~1200|农商行基本户", "@|收-0{n}|区农业农村局|高标准农田管护费|~18000|农商行基本户",
        "@|收-0{n}|移动公司安平分公司|铁塔占地租金|~6000|农商行基本户", "@|收-0{n}|农商行|利息|~310|农商行基本户",
        "@|收-0{n}|王德顺|机动地承包费|~3200|农商行基本户")),
    "V08": ("date|voucher_no|purpose|amount|payee|handler|approver|remark", (
        "@|记-0{n}|渠道清淤用工|~36000|顺达施工队|{a}|{secretary}|6 条渠，120 个工", "@|记-0{n}|路灯维修|~4860.5|明亮电器店|{supervision}|{secretary}|换灯头 12 个",
        "@|记-0{n}|老年饭桌补助|~12160|村老年饭桌|{b}|{secretary}|55 位老人", "@|记-0{n}|垃圾清运|~3600|洁美保洁公司|{clerk}|{secretary}|每月三次",
        "@|记-0{n}|村部电费|~780.4|镇供电所|{clerk}|{secretary}|", "@|记-0{n}|打印公开栏|~235|文华打印店|{clerk}|{secretary}|",
        "@|记-0{n}|水渠闸门|~5400|{town}农机站|{a}|{secretary}|两个旧的换新", "@|记-0{n}|防汛沙袋|~1860|兴隆建材门市|{c}|{secretary}|",
        "@|记-0{n}|党员活动室桌椅|~4200|宏远家具店|{clerk}|{secretary}|8 套", "@|记-0{n}|秸秆打捆用工|~6750|张有田|{d}|{secretary}|45 个工",
        "@|记-0{n}|误工补贴|~5900|误工人员（名单另公开）|{clerk}|{secretary}|", "@|记-0{n}|自来水管抢修|~2380|李水生|{a}|{secretary}|二组主管",
        "@|记-0{n}|健身器材保养|~960|康乐器材店|{b}|{secretary}|", "@|记-0{n}|学生返乡实践午餐|~640|村老年饭桌|{b}|{secretary}|",
        "@|记-0{n}|修三组机耕路|~27600|顺达施工队|{a}|{secretary}|砂石 180 方", "@|记-0{n}|人居环境整治用工|~8400|本村 14 人|{c}|{secretary}|84 个工")),
    "V09": ("asset|value|place|custodian|change|disposal_price|buyer", (
        "村部办公楼|460000.00|村部|{clerk}|||", "旧仓库|38000.00|村部后面|{a}|||", "旋耕机两台|52000.00|农机棚|{c}|||", "打印机、电脑|11600.00|村部|{clerk}|1200.00||",
        "健身器材 9 件|18000.00|文化广场|{b}|||", "抽水机三台|9600.00|二组泵房|{d}|-800.00|800.00|废旧物资回收站")),
    "V10": ("parcel|area_mu|use|contractor|term|price|remark", (
        "东沟鱼塘|22.5|养鱼|高玉海|2026 年到 2031 年|36000.00|一年一交", "机动地北坡|18.2|种油菜|王德顺|2024 年到 2027 年|12800.00|", "村部门面三间|0.3|开店|李根|2025 年到 2028 年|18000.00|",
        "后山集体林|340|公益林|||0.00|不包")),
    "V11": ("counterparty|kind|amount|due_on|interest|change", (
        "顺达施工队|村里欠|~42000|{year}-12-31||-8000.00", "高玉海|欠村里|~9000|{year}-12-31||0.00", "{town}农机站|村里欠|~5400|{year}-12-31||0.00")),
    "V12": ("rule|headcount|per_share|total", (
        "油茶地入股的户按亩分，剩下的按人头平分|1486|43.00|63898.00", "鱼塘租金按人头平分，60 岁以上多一份|1486|18.00|28206.00")),
    "V13": ("contract_no|object|contractor|area_mu|yearly_price|term|bidding|arrears|remark", (
        "承包 {year}-03|村部门面三间|李根|0.3|18000.00|2025 年到 2028 年|张榜，3 家报价，价高的得|已交到年底|不许转租",
        "承包 {year}-01|机动地北坡|王德顺|18.2|12800.00|2024 年到 2027 年|村民代表会定的|已交|只种油料")),
    "V14": ("project_name|stage|budget|fund|tender_way|bidders|winner|price|final_cost|inspector|progress", (
        "三组到镇上水泥路（一期 1.2 公里）|building|486000.00|区里 24 万，镇里 12 万，集体 12.6 万|镇里招标|顺达、宏基、路通三家|宏基建设公司|468000.00||{supervision}|60",
        "自来水管换新（二组）|settled|126000.00|区水务局|区里招标|两家|安平水务工程公司|121500.00|119860.00|{supervision}、{c}|100")),
    "V15": ("project_name|levy|days|total|exempt_count|use", ("清灌溉渠|15.00|1|19830.00|164|买水泥、租挖机；60 岁以上和低保户不出",)),
    "V16": ("parcel|area_mu|approval_no|rate|total|retained|distributed", ("镇变电站占三组北坡地|6.8|安政地〔{year}〕17 号|46000.00|312800.00|31280.00|281520.00",)),
    "V17": ("name|group_no|persons|square_metres|floors|reason|decision", ("*|三组|5|134|2|老房漏雨，原地翻建|批了", "*|一组|4|120|2|儿子成家分户|批了", "*|二组|3|110|1|旧宅让路，换地建|镇里在看")),
    "V18": ("parcel|area_mu|name|other_party|price|term", ("三组大田|12.4|*|*|600.00|2026 年到 2029 年", "二组坡地|5.2|*|*|350.00|2026 年到 2028 年")),
    "V19": ("group_no|head_of_household|area_mu|rate|amount|remark", ()),
    "V20": ("head_of_household|group_no|persons|class|monthly_amount|from_month|to_month|decision_no", ()),
    "V21": ("name|group_no|kind|amount|goods|fund|date", (
        "*|二组|临时救助|~1500||镇民政办|@", "*|三组|火灾救助|~3000|棉被两床|区应急局|@", "*|一组|节日慰问|~300|米 20 斤、油 5 升|集体账|@")),
    "V22": ("program|count|standard|total", (
        "高龄津贴（80 岁以上）|~61|每人每月 50 元|~9150", "残疾人生活补贴|~24|每人每月 100 元|~7200", "残疾人护理补贴|~17|每人每月 120 元|~6120", "困境儿童|~3|每人每月 900 元|~8100")),
    "V23": ("donor|goods|amount|received|issued|stock", ("安平商会|大米 60 袋|0.00|60 袋|58 袋，发给 58 户|2 袋", "在外老乡联谊会|学习桌 20 张|0.00|20 张|20 张，给村小学|没有")),
    "V24": ("scheme|insured_count|subsidy", ("城乡居民医保|~1378|~13600", "城乡居民养老保险|~742|~8400")),
    "V25": ("kind|count|total", ("在乡复员军人|4|19200.00", "烈士家属|1|9600.00", "退役军人春节慰问|23|6900.00")),
    "V26": ("policy|count", ("二孩、三孩育儿补贴|~9", "住院分娩补助|~6")),
    "V27": ("policy|who_qualifies|how|deadline|office", (
        "农机购置补贴|买了目录里的农机、户口在本村|带发票和户口本到镇农机站登记，不用托人|{year}-12-15|镇农机站", "危房改造|房子鉴定为 C、D 级，没有别的住处|先找组长登记，村里开会评，镇里来看房|{year}-10-31|镇村建办",
        "大学新生资助|今年考上大学的低保户、脱贫户孩子|带录取通知书到村部填表|{year}-09-30|镇民政办")),
    "V28": ("topic|suggestions|adopted|answer", (
        "路灯|三组路口太黑，要加两盏|yes|加了两盏，月底亮了", "垃圾|垃圾桶离家太远|partly|添了 4 个，再远的等明年", "红白事|想把席数放到 20 桌|no|大会定的 15 桌，年底大会再说")),
    "V29": ("candidates|post|votes|result", ("{a}|村委会副主任补选|赞成 812，反对 64，弃权 31|当选", "{d}|村委会副主任补选|赞成 402|没当选")),
    "V30": ("person|eligible|valid|n_excellent|n_competent|n_basic|n_not|grade", (
        "{secretary}|50|46|31|12|2|1|称职", "{a}|50|46|28|15|3|0|称职", "{b}|50|46|33|11|2|0|优秀")),
    "V31": ("person|period|findings|fix_status", ("上届村主任 {d}|2021 年到 2024 年|两笔支出发票不全，共 3,140 元；鱼塘合同晚签 4 个月|发票补齐，合同补签，谈了话",)),
    "V32": ("checked_items|objections|reply", (
        "这一季所有支出凭证|打印费一笔没写事由|补了事由，重新贴栏", "三组修路用料|水泥标号和合同对得上|没意见", "低保名单|抽了 6 户上门看，都对|没意见")),
    "V33": ("post|name|pay|selection", ("保洁员|*|800.00|本人报名，村民代表评", "护林员|*|1000.00|镇林业站考，脱贫户优先", "水管员|*|600.00|两人报名，代表会投票")),
    "V34": ("item|meter_total|rate|billed|collected", ("自来水|~4210|2.80|=|=", "机井用电|~6840|0.56|=|=")),
    "V35": ("fund|document_no|received_on|amount|use|spent|left", (
        "村级运转经费|安财农〔{year}〕{n} 号|@|~30000|办公、水电、误工|~21000|=", "高标准农田管护|安农计〔{year}〕{n} 号|@|~18000|清渠、修机耕路|~15000|=")),
    "V36": ("name|group_no|household|change_kind|reason|decision", ("*|三组|*|joined|嫁进来，户口迁来|代表会同意", "*|一组|*|left|户口迁到城里|本人申请，代表会同意")),
    "V37": ("official_name|post|duty|office_phone", (
        "{d}|红白理事会会长|红白事先来登记，酒席不超过 15 桌，烟酒不攀比|0912-6520106", "{c}|一组网格员|一组、二组的纠纷、隐患|0912-6520107", "{b}|三组网格员|三组、四组的纠纷、隐患|0912-6520108")),
    "P01": ("official_name|post|duty|term", (
        "{secretary}|支部书记|全面工作|2024 年到 2029 年", "{a}|组织委员|发展党员、三会一课|2024 年到 2029 年", "{b}|宣传、纪检委员|党费、学习、监督|2024 年到 2029 年")),
    "P02": ("goal|measure|deadline|owner", (
        "党员每人联系 5 户|每季上门一次，写一句话|{year}-12-31|{a}", "修通三组的路|支部提议，大会定|{year}-12-20|{secretary}", "发展一名 35 岁以下党员|先当积极分子满一年|{year}-11-30|{a}")),
    "P03": ("goal|status|evidence", ("党员每人联系 5 户|on_track|31 名党员走了 148 户", "修通三组的路|late|雨多，晚了一个月，已铺 0.7 公里", "发展一名年轻党员|done|8 月列为发展对象")),
    "P04": ("title_text|body|eligible|present|votes_for|votes_against", (
        "提议修三组到镇上的路|支部提议修路，先和村委会商量，再交党员大会、村民代表会议。|5|5|5|0",
        "推荐老年饭桌由村里接着办|饭桌一年花 4.8 万，从油茶分红里出，交代表会定。|5|5|5|0",
        "机动地北坡到期后公开发包|不再续给原来的人，张榜，谁都能报价。|5|5|4|1")),
    "P05": ("promise|measure|deadline|budget|status|evidence|self_score|town_score", (
        "修通三组到镇上的水泥路 1.8 公里|分两期，镇里招标|{year}-12-20|486000.00|on_track|一期铺了 0.7 公里，照片贴在栏上|8|",
        "合作社油茶新增 200 亩|合作社出苗|{year}-12-31|60000.00|late|种了 70 亩，苗不够|6|",
        "老年饭桌一年不断|每天一顿午饭|{year}-12-31|48000.00|on_track|没断过一天|9|")),
    "P06": ("member_name|sex|age_band|education|stage|stage_date|introducers|contact|objection_result", (
        "刘巧云|f|30 多岁|大专|target|@|{a}、{b}|0912-6520103|", "马立新|m|20 多岁|高中|activist|@|{secretary}、{a}|0912-6520103|没有人提")),
    "P07": ("month|members_paid|members_unpaid|due_amount|paid_amount|remitted|receipt_no", ()),
    "P08": ("date|purpose|amount|approver", ("@|订党报党刊|~420|{secretary}", "@|慰问生病的老党员|~300|{secretary}", "@|七一活动横幅、茶水|~165|{secretary}")),
    "P09": ("eligible|present|n_excellent|n_competent|n_basic|n_not", ("31|29|6|22|1|0",)),
    "P10": ("name|kind|amount|date", ("*|春节慰问|500.00|@", "*|七一慰问|400.00|@")),
    "P11": ("measure_taken|count|basis", ("限期改正|1|连续六个月没参加组织生活",)),
    "P12": ("person|fact_class|article|measure_taken|date", ("{d}|酒后骑摩托车|党纪处分条例第三十二条|党内警告|@",)),
    "P13": ("kind|date|present|topic", ("支委会|@|~5|这个月的开支和要公开的事", "党员大会|@|~27|学文件，说修路", "主题党日|@|~24|清三组水渠")),
    "P14": ("problem|fix|deadline|status", (
        "上门少，电话里说得多|每人联系 5 户，写走访本|{year}-06-30|done", "公开栏换得慢|文书每月 5 日前换|{year}-04-30|done", "年轻党员少|先从返乡青年里找|{year}-12-31|on_track")),
    "P15": ("report_text|grade|problem|fix", (
        "一年来做了三件事：修路铺了 0.7 公里，老年饭桌没断，清了 6 条渠。没做好的：油茶只种了 70 亩，路晚了一个月。自己的毛病是急，会上听不进不同的话。|称职|急，听不进不同的话|重要的事先到组里听一遍",)),
    "P16": ("eligible|issued_ballots|returned_ballots|grade", ("1140|1096|1021|称职",)),
    "P17": ("official_name|months|both_posts|basic_pay|performance_pay|award|payer|pay_date", ("{secretary}|12|yes|7200.00|3600.00||区财政局|{year}-01-20",)),
    "P18": ("official_name|quota|rank_basis|decision", ("{secretary}|2|年度考核和双评分数|没推荐上，排第 5",)),
    "P19": ("name|terms_served|years|monthly_amount|step", ("*|1983 年到 2004 年|21|200.00|district", "*|1979 年到 1998 年|19|200.00|town")),
    "P20": ("official_name|post|method|result", ("{clerk}|支部委员后备人选|党员推荐，镇里谈话|列入", "马立新|支部委员后备人选|群众推荐|再看一年")),
    "P21": ("eligible|present|candidates|votes|result", ("31|29|{secretary}、{a}、{b}、{d}|28、26、27、6|前三位当选",)),
    "P22": ("duty|status|problem", ("书记不管具体开票报账|done|", "亲戚包工程要回避|done|", "礼金登记|on_track|登记本换了新的，上半年没有")),
    "P23": ("official_name|course|days|cost", ("{secretary}|区里支书轮训|5|0.00", "{secretary}|省里乡村治理课|3|860.00")),
    "P24": ("official_name|done|talks", ("{secretary}|yes|4",)),
    "P25": ("activity|resource|result", ("区水务局结对|换二组水管的钱|210 户水压够了", "党员帮收油菜|27 人两天|帮了 11 户没劳力的", "假期作业班|大学生 4 人|19 个孩子")),
}  # fmt: skip

# item -> titles of single happenings, one for each line where the item is no table
TITLES: dict[str, tuple[str, ...]] = {
    "V04": ("修三组水泥路", "旧仓库出租", "高龄老人加补 30 元"), "V12": ("油茶分红", "鱼塘租金分红"), "V13": ("村部门面出租", "机动地北坡承包"),
    "V14": ("三组水泥路一期", "二组自来水管换新"), "V15": ("清灌溉渠筹工",), "V16": ("镇变电站征地",), "V17": ("春季宅基地申请", "秋季宅基地申请"),
    "V19": ("耕地地力保护补贴发放名单",), "V23": ("大米和学习桌",), "V27": ("农机购置补贴", "危房改造", "大学新生资助"), "V29": ("村委会副主任补选",),
    "V31": ("上届村主任离任审计",), "V33": ("保洁员、护林员、水管员",), "P04": ("提议修路", "老年饭桌接着办", "机动地公开发包"),
    "P06": ("第一批", "第二批"), "P10": ("春节、七一慰问",), "P19": ("老书记补贴申请",), "P20": ("后备人选",), "P21": ("支部换届",),
}  # fmt: skip
# how many days ago each happening was, by item; items left out happened once, half a year ago
HAPPENED: dict[str, tuple[int, ...]] = {
    "V04": (300, 170, 60), "V12": (290, 120), "V13": (250, 84), "V14": (200, 95), "V15": (215,), "V16": (150,), "V17": (230, 48),
    "V18": (180,), "V19": (12,), "V23": (110,), "V26": (140,), "V27": (260, 130, 75), "V29": (320,), "V31": (160,), "V33": (205,),
    "V36": (100,), "P04": (305, 175, 90), "P06": (240, 88), "P10": (140,), "P11": (210,), "P12": (270,), "P19": (190,),
    "P20": (155,), "P21": (330,),
}  # fmt: skip
# what did not happen in this village: stated as “none” for the year
NEVER: dict[str, tuple[str, ...]] = {
    "liuhe": ("V16", "V29", "P11", "P12"), "shiqiao": ("V16", "V23", "P12", "P21"), "dongling": ("V12", "V16", "V31", "P19", "P11", "P12"),
    "nanwan": ("V29", "V36", "P11"), "xinglin": ("V16", "V29", "P11", "P12"),
}  # fmt: skip
OTHERS: dict[str, tuple[str, str, str, str]] = {
    "liuhe": ("高志强", "赵秀兰", "李永福", "王来顺"), "shiqiao": ("张国栋", "刘凤英", "朱有田", "郭大山"),
    "dongling": ("许长根", "曹巧云", "梁水生", "胡铁柱"), "nanwan": ("黄志强", "林素珍", "吴金生", "罗永福"),
    "xinglin": ("孙国栋", "何冬梅", "杨春生", "徐来顺"),
}  # fmt: skip

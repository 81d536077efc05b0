"""The tables of a small company on the river, as its people saved them: three dealers, five products."""

from __future__ import annotations

from tests.factories import valid_uscc

REGIONS = """
code,name_zh,name_en,kind,parent,city_tier,remote
ZJ,浙江省,Zhejiang,province,,,
JS,江苏省,Jiangsu,province,,,
XZ,西藏自治区,Tibet,province,,,
HZ,杭州市,Hangzhou,city,ZJ,1,0
NB,宁波市,Ningbo,city,ZJ,2,0
NJ,南京市,Nanjing,city,JS,2,0
LS,拉萨市,Lhasa,city,XZ,3,1
"""

ALLIANCES = """
code,name,region
GAO,高原联盟,XZ
"""

_TRADER = valid_uscc(20000003, prefix="92540000")  # a sole proprietor, admitted as a member of its alliance

DEALERS = f"""
code,name,uscc,industry,annual_revenue,territory,activated_on,contract_no,contract_amount,contract_start,contract_end,alliance,tier,b2b_from
HZ01,杭州半月影音有限公司,{valid_uscc(20000001)},electronics,20000000,ZJ,2026-01-01,HT-HZ01,5000000,2026-01-01,,,T1,2026-01-01
NJ01,南京秦淮电器有限公司,{valid_uscc(20000002)},electronics,12000000,NJ,2026-01-01,HT-NJ01,3000000,2026-01-01,,,T2,
LS01,拉萨八廓商行,{_TRADER},electronics,9000000,LS,2026-01-01,HT-LS01,800000,2026-01-01,,GAO,T3,
"""

PRODUCTS = """
sku,name_zh,name_en,category,industry,gtin
PJ-1,半月投影仪,Halfmoon projector,projectors,electronics,
SC-1,抗光幕布,Ambient screen,screens,electronics,
LB-1,备用灯泡,Spare lamp,lamps,electronics,
CB-1,高清线缆,HDMI cable,cables,electronics,
"""

LIST_PRICES = """
sku,price,valid_from,valid_to
PJ-1,2999.00,2026-01-01,
SC-1,150.000000,2026-01-01,
LB-1,150,2026-01-01,
"""

#: The projector's floor is enforced with a legal basis, the screen's without one, the lamp's is only recommended.
BANDS = """
sku,scope,scope_code,floor,ceiling,enforcement,valid_from,valid_to,legal_basis,legal_basis_until
PJ-1,national,,2700,3300,enforced,2026-01-01,,LB-2026-01,2027-01-01
PJ-1,region,HZ,2600,3300,enforced,2026-01-01,,LB-2026-01,2027-01-01
PJ-1,city_tier,3,2800,3600,enforced,2026-01-01,,LB-2026-01,2027-01-01
SC-1,national,,100,200,enforced,2026-01-01,,,
LB-1,national,,100,200,recommended,2026-01-01,,,
"""

PROMOS = """
code,sku,promo_price,starts_on,ends_on,approved_at,budget,dealers,regions
TP-1,SC-1,90,2026-11-01,2026-11-16,2026-10-20T10:00:00+08:00,20000,HZ01,HZ
"""

SHIPMENTS = """
doc_no,line_no,dealer,sku,quantity,unit_price,shipped_at,region
FH-1,1,HZ01,PJ-1,500,2000.00,2026-11-02T09:00:00+08:00,HZ
FH-1,2,HZ01,PJ-1,-20,2000.00,2026-11-10T09:00:00+08:00,HZ
FH-2,1,NJ01,PJ-1,60,2000.50,2026-11-02T09:00:00+08:00,NJ
FH-3,1,LS01,PJ-1,10,1999.999999,2026-11-02T09:00:00+08:00,LS
"""

INVENTORY = """
dealer,as_of,sku,on_hand,warehouse,in_transit
LS01,2026-11-03T08:00:00+08:00,PJ-1,10,主仓,0
"""

#: A spreadsheet of the plateau dealer, with two lines nobody can take.
LHASA_SALES = """
dealer,doc_no,line_no,sold_at,sku,quantity,unit_price,region,channel,customer
LS01,L-1,1,2026-11-04T11:00:00+08:00,PJ-1,2,2950,LS,retail,扎西
LS01,L-1,2,2026-11-04T11:00:00+08:00,PJ-1,1,￥2950,LS,retail,扎西
LS01,L-2,1,2026-11-05T11:00:00+08:00,CB-1,3,19.900001,LS,retail,卓玛
LS01,L-2,2,2026-11-05T11:00:00+08:00,PJ-9,3,2950,LS,retail,卓玛
"""

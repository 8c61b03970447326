"""The recalled products that the demo's sellers offer: facts of real recalls and warnings, no words of anybody.

Numbers, brands, models and GTINs are those of monitor/data/sample_recalls.json and sample_warnings.csv. The listings
that are made of them are invented.
"""

from crawler.shop.goods import RecalledProduct as Product

DEMO_PRODUCTS: tuple[Product, ...] = (
    Product("us-cpsc:26348", "FUNTOK", "24V 2-Seater Ride-On Truck", "DLS-K03", "", 230, 250, "ride-on truck"),
    Product("us-cpsc:26345", "GLMZZ", "Fidget Magnet Ball Toys", "", "", 13, 17, "magnet ball toy"),
    Product("us-cpsc:26342", "AirClub", "Convertible Bassinet", "QX-831", "", 110, 130, "bassinet"),
    Product("us-cpsc:26331", "BUILT", "LUUM Light Up Tumbler", "", "843461115513", 10, 15, "light up tumbler"),
    Product("us-cpsc:25413", "Tegu", "Magnetic Floating Stackers", "STA-BGY-801T", "", 36, 42, "stacking toy"),
    Product("us-cpsc:25377", "Ozark Trail", "64 oz Insulated Water Bottle", "83-662", "", 13, 17, "water bottle"),
    Product("us-cpsc:25318", "Funlio", "2-in-1 Convertible Baby High Chair", "FL-039", "", 90, 105, "baby high chair"),
    Product("us-cpsc:25315", "ZHORANGE", "Portable Bassinet", "148012-A", "", 65, 76, "portable bassinet"),
    Product("us-cpsc:25228", "COMEONROA", "Infant Swing", "S-Y608", "", 75, 85, "infant swing"),
    Product("us-cpsc:25204", "Room2Room", "LED Iridescent Bear Light", "LD-0030", "", 10, 14, "bear light"),
    Product("us-cpsc:25122", "UVIPC", "Baby Gate", "W046", "", 186, 230, "baby gate"),
    Product(
        "us-cpsc:25115", "Pearhead", "Infant Learning Toy Set", "87150", "698904871507", 27, 32, "learning toy set"
    ),
    Product("us-cpsc:25008", "Gimars", "Playpen with Mat", "GWL-02", "", 75, 85, "playpen"),
    Product("us-cpsc:24316", "Besrey", "Twins Stroller", "BR-C708S", "", 190, 210, "twin stroller"),
    Product("us-cpsc:24159", "Insignia", "Air Fryer", "NS-AF34D2", "", 60, 120, "air fryer"),
    Product("us-cpsc:24726", "Foiresoft", "Basic Zebra Roller Blind", "", "", 50, 120, "roller blind"),
    Product("us-cpsc-warning:26-376", "KVRFLTF", "Adult Bed Rail", "HC030", "", 55, 62, "bed rail"),
    Product(
        "us-cpsc-warning:24-083", "Pedetid", "216-Piece 5mm Magic Magnet Ball Set", "", "", 12, 15, "magnet ball set"
    ),
)

"""Listing ids are canonical over every form of a marketplace's addresses."""

import pytest

from crawler.errors import BadInput
from crawler.marketplaces.registry import Registry, load_registry
from crawler.plan import Vantage

ADDRESSES = [
    (
        "https://www.amazon.com/Some-Slug/dp/B0823MDHDJ/ref=sr_1_1?th=1",
        "amazon",
        "B0823MDHDJ",
        "https://www.amazon.com/dp/B0823MDHDJ",
    ),
    ("https://amazon.com/gp/product/b0823mdhdj", "amazon", "B0823MDHDJ", "https://www.amazon.com/dp/B0823MDHDJ"),
    ("https://www.amazon.co.uk/gp/aw/d/B0823MDHDJ/", "amazon", "B0823MDHDJ", "https://www.amazon.co.uk/dp/B0823MDHDJ"),
    (
        "https://smile.amazon.com/exec/obidos/ASIN/1937785734",
        "amazon",
        "1937785734",
        "https://smile.amazon.com/dp/1937785734",
    ),
    ("https://www.amazon.com/s?k=kettle", "amazon", "", ""),
    (
        "https://www.ebay.com/itm/Some-Slug-/381228738769?hash=x",
        "ebay",
        "381228738769",
        "https://www.ebay.com/itm/381228738769",
    ),
    ("http://cgi.ebay.co.uk/ws/eBayISAPI.dll?ViewItem&item=381228738769", "ebay", "381228738769", ""),
    (
        "https://www.walmart.com/ip/Some-Slug/5275415030?x=1",
        "walmart",
        "5275415030",
        "https://www.walmart.com/ip/5275415030",
    ),
    (
        "https://seattle.craigslist.org/see/rts/d/slug/7339959651.html",
        "craigslist",
        "7339959651",
        "https://seattle.craigslist.org/see/rts/d/slug/7339959651.html",
    ),
    ("http://miami.craigslist.org/brw/ctd/3437083983.html", "craigslist", "3437083983", ""),
    (
        "https://he.aliexpress.com/item/32993251330.html?spm=x",
        "aliexpress",
        "32993251330",
        "https://www.aliexpress.com/item/32993251330.html",
    ),
    (
        "https://www.aliexpress.us/item/3256804740155447.html",
        "aliexpress",
        "1005004926470199",
        "https://www.aliexpress.com/item/1005004926470199.html",
    ),
    ("https://m.aliexpress.com/item/1005004926470199.html", "aliexpress", "1005004926470199", ""),
    ("https://www.aliexpress.com/i/32993251330.html", "aliexpress", "32993251330", ""),
    (
        "https://www.alibaba.com/product-detail/A-Slug_1600930741831.html?spm=x",
        "alibaba",
        "1600930741831",
        "https://www.alibaba.com/product-detail/_1600930741831.html",
    ),
    ("https://m.alibaba.com/product/1600930741831/A-Slug.html", "alibaba", "1600930741831", ""),
    (
        "https://detail.1688.com/offer/969759354614.html?x=1",
        "1688",
        "969759354614",
        "https://detail.1688.com/offer/969759354614.html",
    ),
    ("http://detail.m.1688.com/page/index.html?offerId=969759354614&s=", "1688", "969759354614", ""),
    (
        "https://item.taobao.com/item.htm?spm=a&id=562283240178",
        "taobao",
        "562283240178",
        "https://item.taobao.com/item.htm?id=562283240178",
    ),
    ("https://world.taobao.com/item/562283240178.htm", "taobao", "562283240178", ""),
    ("https://h5.m.taobao.com/awp/core/detail.htm?id=562283240178", "taobao", "562283240178", ""),
    (
        "https://detail.tmall.com/item.htm?id=605258110430&skuId=1",
        "tmall",
        "605258110430",
        "https://detail.tmall.com/item.htm?id=605258110430",
    ),
    ("https://item.jd.com/100313528034.html", "jd", "100313528034", "https://item.jd.com/100313528034.html"),
    ("https://item.m.jd.com/product/100313528034.html", "jd", "100313528034", ""),
    (
        "https://www.etsy.com/uk/listing/1394647088/stacking-blocks",
        "etsy",
        "1394647088",
        "https://www.etsy.com/listing/1394647088",
    ),
    ("https://jp.mercari.com/item/m96084058332", "mercari", "m96084058332", ""),
    ("https://www.mercari.com/us/item/m96084058332/", "mercari", "m96084058332", ""),
    ("https://x.en.made-in-china.com/product/AdCtTeHJgSfW/China-Chair.html", "made-in-china", "AdCtTeHJgSfW", ""),
    ("https://www.mercadolibre.com.co/slug/p/MCO42090990", "mercadolibre", "MCO42090990", ""),
    ("https://articulo.mercadolibre.com.mx/MLM-123456789-slug-_JM", "mercadolibre", "MLM123456789", ""),
    ("https://paypayfleamarket.yahoo.co.jp/item/z659638164", "yahoo-flea", "z659638164", ""),
    ("https://www.samsclub.com/p/slug/P990322942", "samsclub", "P990322942", ""),
    (
        "https://shop.myshopify.com/en/collections/all/products/kettle?variant=1",
        "shopify",
        "shop.myshopify.com/kettle",
        "https://shop.myshopify.com/products/kettle",
    ),
    ("https://www.temu.com/us/slug-g-601099512345678.html", "temu", "601099512345678", ""),
    ("https://us.shein.com/slug-p-37824789-cat-1738.html", "shein", "37824789", ""),
    ("https://www.dhgate.com/product/slug/987654321.html", "dhgate", "987654321", ""),
    ("https://www.lazada.com.ph/products/slug-i2894375047-s1.html", "lazada", "2894375047", ""),
    ("https://www.facebook.com/marketplace/item/123456789012345/", "facebook", "123456789012345", ""),
    ("https://www.wish.com/product/5f3b1c2d3e4f5a6b7c8d9e0f", "wish", "5f3b1c2d3e4f5a6b7c8d9e0f", ""),
]
"""A URL, the marketplace, the id in it, and the canonical address where one can be made."""
MORE_FORMS = [
    ("aliexpress", "1005004926470199", "https://aliexpress.ru/item/1005004926470199.html?sku_id=12"),
    ("aliexpress", "1005004926470199", "https://m.aliexpress.us/item/3256804740155447.html"),
    ("aliexpress", "32993251330", "https://www.aliexpress.com/item/Some-Slug/32993251330.html?spm=a"),
    ("aliexpress", "32993251330", "https://www.aliexpress.com/store/product/slug/123456_32993251330.html"),
    ("amazon", "B0823MDHDJ", "https://www.amazon.com/gp/product/glance/B0823MDHDJ"),
    ("amazon", "B0823MDHDJ", "https://www.amazon.co.jp/-/en/gp/product/B0823MDHDJ"),
    ("amazon", "B0823MDHDJ", "https://www.amazon.com/-/es/Some-Slug/dp/B0823MDHDJ/ref=sr?language=es"),
    ("amazon", "B0823MDHDJ", "https://www.amazon.com/gp/aw/ol/B0823MDHDJ"),
    ("amazon", "B0823MDHDJ", "https://www.amazon.com/exec/obidos/tg/detail/-/B0823MDHDJ"),
    ("amazon", "B0823MDHDJ", "https://www.amazon.com/sspa/click?url=%2FSlug%2Fdp%2FB0823MDHDJ%2Fref%3Dsr"),
    ("amazon", "B0823MDHDJ", "https://www.amazon.com/gp/product/B0823MDHDJ.html"),
    ("ebay", "381228738769", "https://www.ebay.com/i/381228738769"),
    ("ebay", "381228738769", "https://www.ebay.com/p/2254?iid=381228738769"),
    ("ebay", "381228738769", "https://m.ebay.com/itm/381228738769"),
    ("walmart", "6000200280557", "https://www.walmart.ca/en/ip/slug/6000200280557"),
    ("jd", "100313528034", "https://item.m.jd.com/ware/view.action?wareId=100313528034"),
    ("taobao", "562283240178", "https://a.m.taobao.com/i562283240178.htm"),
    ("taobao", "562283240178", "https://main.m.taobao.com/detail/index.html?id=562283240178"),
    ("tmall", "605258110430", "https://detail.m.tmall.com/item.htm?id=605258110430"),
    ("tmall", "605258110430", "https://detail.tmall.hk/hk/item.htm?id=605258110430"),
    ("1688", "969759354614", "https://m.1688.com/offer/969759354614.html"),
    ("alibaba", "1600930741831", "https://spanish.alibaba.com/product-detail/slug-2024-1600930741831.html"),
    ("alibaba", "1600930741831", "https://www.alibaba.com/p-detail/Slug-1600930741831.html"),
    ("alibaba", "62320522213", "https://www.alibaba.com/product/62320522213-50001/Slug.html"),
    ("mercadolibre", "MLB1234567890", "https://produto.mercadolivre.com.br/MLB-1234567890-slug-_JM"),
    ("mercari", "m96084058332", "https://item.mercari.com/jp/m96084058332/"),
    ("craigslist", "sAmpLeIdOfTwentyTwoCh1", "https://www.craigslist.org/view/d/a-slug/sAmpLeIdOfTwentyTwoCh1"),
]
US = Vantage(name="us", country="US", postal_code="10001")


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry()


@pytest.mark.parametrize(("url", "name", "listing_id", "canonical"), ADDRESSES, ids=lambda one: str(one)[:40])
def test_one_listing_has_one_id(url: str, name: str, listing_id: str, canonical: str, registry: Registry) -> None:
    marketplace = registry.for_url(url)
    assert marketplace is not None
    assert marketplace.name == name
    assert marketplace.listing_id(url) == listing_id
    if canonical:
        assert marketplace.canonical_url(url) == canonical
        assert marketplace.listing_id(marketplace.canonical_url(url)) == listing_id


@pytest.mark.parametrize(("name", "listing_id", "url"), MORE_FORMS)
def test_further_forms_and_hosts_lead_to_the_same_id(name: str, listing_id: str, url: str, registry: Registry) -> None:
    marketplace = registry.for_url(url)
    assert marketplace is not None
    assert (marketplace.name, marketplace.listing_id(url), marketplace.kind_of(url)) == (name, listing_id, "listing")
    assert marketplace.listing_id(marketplace.canonical_url(url)) == listing_id


@pytest.mark.parametrize(
    "url",
    [
        "https://www.amazon.com/product-reviews/B0823MDHDJ",
        "https://www.walmart.com/reviews/product/5275415030",
        "https://newyork.craigslist.org/search/sss?postingID=7123456789",
        "https://a.aliexpress.com/_mKxyz",
    ],
)
def test_pages_about_a_listing_are_not_its_own(url: str, registry: Registry) -> None:
    marketplace = registry.for_url(url)
    assert marketplace is not None
    assert marketplace.listing_id(url) == ""


def test_the_address_of_an_id_leads_back_to_it(registry: Registry) -> None:
    ids = {"amazon": "B0823MDHDJ", "ebay": "381228738769", "walmart": "5275415030", "aliexpress": "32993251330"}
    for name, listing_id in ids.items():
        marketplace = registry.get(name)
        assert marketplace.listing_id(marketplace.listing_url(listing_id)) == listing_id
    assert registry.get("craigslist").listing_url("7339959651") == ""


def test_foreign_hosts_that_only_look_like_ours_are_not_ours(registry: Registry) -> None:
    for url in ("https://notamazon.com/dp/B0823MDHDJ", "https://amazon.com.evil.example/dp/B0823MDHDJ", "", "junk"):
        assert registry.for_url(url) is None
    assert registry.get("amazon").listing_id("https://evil.example/dp/B0823MDHDJ") == ""


def test_an_unknown_name_names_the_known_ones(registry: Registry) -> None:
    with pytest.raises(BadInput, match="known are 1688, alibaba"):
        registry.get("nowhere")


def test_searches_and_regions_ask_for_the_buyer(registry: Registry) -> None:
    ebay, amazon, chinese = registry.get("ebay"), registry.get("amazon"), registry.get("1688")
    assert (
        ebay.search_url("tea kettle", 2, US)
        == "https://www.ebay.com/sch/i.html?_nkw=tea+kettle&_pgn=2&_fcid=1&_stpos=10001"
    )
    assert chinese.search_url("日用品", 1, US).endswith("keywords=%C8%D5%D3%C3%C6%B7&beginPage=1")
    assert registry.get("aliexpress").search_url("tea kettle", 1, US).endswith("/wholesale-tea-kettle.html?page=1")
    assert amazon.region_cookies(US) == {"i18n-prefs": "USD", "lc-main": "en_US"}
    assert amazon.region_headers(US)["Accept-Language"].startswith("en-US")
    assert amazon.kind_of("https://www.amazon.com/s?k=x") == "search"
    assert ebay.kind_of("https://www.ebay.com/sch/i.html?_ssn=somebody") == "seller"
    assert ebay.kind_of("https://www.ebay.com/help") is None


def test_a_dot_at_the_end_of_a_host_hides_no_marketplace() -> None:
    """The operator's decision about terms binds `www.amazon.com.` as well: resolvers take both for one name."""
    registry = load_registry()
    for url in ("https://www.amazon.com./dp/B0823MDHDJ", "https://WWW.AMAZON.COM./", "https://amazon.com.:443/x"):
        found = registry.for_url(url)
        assert found is not None
        assert found.name == "amazon"

"""Answers as the interfaces' documentation describes them, of our own making."""

from typing import Any


def ebay_item(number: str = "110039490209", **changed: Any) -> dict[str, Any]:
    return {
        "itemId": f"v1|{number}|0",
        "legacyItemId": number,
        "title": "Acme KX-200 electric kettle",
        "brand": "Acme",
        "mpn": "KX-200",
        "gtin": "4006381333931",
        "price": {"value": "24.50", "currency": "USD"},
        "seller": {"username": "kettle-house"},
        "buyingOptions": ["FIXED_PRICE"],
        "itemEndDate": "2026-12-24T12:00:00.000Z",
        "estimatedAvailabilities": [{"estimatedAvailabilityStatus": "IN_STOCK"}],
        "shipToLocations": {"regionIncluded": [{"regionName": "Worldwide", "regionType": "WORLDWIDE"}]},
        "image": {"imageUrl": "https://i.ebayimg.com/kettle.jpg"},
        **changed,
    }


def ebay_error(number: int, message: str = "") -> dict[str, Any]:
    return {"errors": [{"errorId": number, "domain": "API_BROWSE", "category": "REQUEST", "message": message}]}


def ebay_page(numbers: list[str], total: int) -> dict[str, Any]:
    summaries = [
        {
            "itemId": f"v1|{number}|0",
            "legacyItemId": number,
            "title": f"Acme kettle {number}",
            "price": {"value": "9.99", "currency": "USD"},
            "seller": {"username": "kettle-house"},
        }
        for number in numbers
    ]
    return {"href": "", "total": total, "limit": 200, "offset": 0} | ({"itemSummaries": summaries} if numbers else {})


def etsy_item(state: str = "active", **changed: Any) -> dict[str, Any]:
    return {
        "listing_id": 123456789,
        "shop_id": 4711,
        "title": "Wooden rattle",
        "description": "A rattle.",
        "state": state,
        "price": {"amount": 1250, "divisor": 100, "currency_code": "USD"},
        "shipping_profile": {
            "shipping_profile_destinations": [{"destination_country_iso": "US", "destination_region": "none"}]
        },
        **changed,
    }


def walmart_item(**changed: Any) -> dict[str, Any]:
    return {
        "itemId": 12417832,
        "name": "Acme kettle",
        "salePrice": 24.5,
        "upc": "036000291452",
        "brandName": "Acme",
        "modelNumber": "KX-200",
        "sellerInfo": "Kettle House",
        "stock": "Available",
        "availableOnline": True,
        **changed,
    }


def aliexpress_products(method: str, products: list[dict[str, Any]], total: int | None = None) -> dict[str, Any]:
    result = {
        "products": {"product": products},
        "current_record_count": len(products),
        "total_record_count": total if total is not None else len(products),
    }
    said = {"resp_code": 200, "resp_msg": "Call succeeds", "result": result}
    return {method.replace(".", "_") + "_response": {"resp_result": said, "request_id": "0"}}


ALIEXPRESS_PRODUCT = {
    "product_id": 1005001234567890,
    "product_title": "Magnetic chess",
    "target_sale_price": "3.20",
    "target_sale_price_currency": "USD",
    "shop_name": "Chess Store",
    "shop_id": 912345,
}

"""One alert of Safety Gate in the detail JSON of its public interface."""

from crawler.feeds.fields import Fields
from crawler.feeds.notice import Firm, Identifier, Image, Notice, Product
from crawler.feeds.safety_gate.words import marks, risk, year_number
from crawler.feeds.text import iso_day

_PAGE = "https://ec.europa.eu/safety-gate-alerts/screen/webReport/alertDetail/"
_PICTURE = "https://ec.europa.eu/safety-gate-alerts/public/api/notification/image/"
_MACHINERY = tuple(
    """notificationType corrigendum creationDate isImmediatePublication singlePublication forInfo reactingCountries
    webReport versions""".split()
)
_PRODUCT_FLAGS = tuple(
    """id professionalProduct nameSpecificKnown brandKnown typeModelKnown batchNumberKnown barcodeKnown name
    packageDescriptionKnown packageDescription productCategoryOther description""".split()
)


def detail_notice(row: object) -> Notice:
    """The notice of one alert. Raises RecordProblem."""
    record = Fields(row)
    number, notice_id = year_number(record.needed("reference"))
    product, danger = record.child("product"), record.child("risk")
    trace, measures = record.child("traceability"), record.child("measureTaken")
    words, danger_words = _english(product), _english(danger)
    specific, general = product.text("nameSpecific"), words.text("name")
    country, origin = record.child("country"), trace.child("countryOrigin")
    notice = Notice(
        id=notice_id,
        kind="alert",
        authority="eu-safety-gate",
        number=number,
        published_on=iso_day(record.raw("publicationDate"), "publicationDate"),
        updated_on=iso_day(record.raw("modificationDate"), "modificationDate"),
        title=" - ".join(part for part in (general, specific) if part),
        url=f"{_PAGE}{record.raw('id')}",
        description=words.text("description"),
        products=(Product(name=specific or general),),
        firms=_trader(trace),
        hazards=tuple(risk(row.text("key")) for row in danger.rows("riskType")),
        remedies=tuple(
            part for part in (danger_words.text("riskDescription"), danger_words.text("legalProvision")) if part
        ),
        remedy_options=tuple(row.child("measureCategory").text("name") for row in measures.rows("measures")),
        images=tuple(
            Image(url=f"{_PICTURE}{row.raw('id')}", caption=row.text("fileName")) for row in product.rows("photos")
        ),
        countries=tuple(part for part in (origin.text("name"),) if part and part != "Unknown"),
        categories=tuple(part for part in (product.child("productCategory").text("name"),) if part),
        identifiers=_identifiers(product),
    )
    extra = {
        "notified_by": country.text("name"),
        "sold_online": trace.child("isSoldOnline").text("name"),
        "counterfeit": product.child("isCounterfeit").text("name"),
        "package": words.text("packageDescription"),
        "trader_references": "; ".join(record.texts("onlineTraderProductIdentifierReference")),
    }
    return _with_the_rest(notice, extra, record, product)


def _identifiers(product: Fields) -> tuple[Identifier, ...]:
    return (
        *marks("brand", [row.text("brand") for row in product.rows("brands")]),
        *marks("model", [row.text("modelType") for row in product.rows("modelTypes")]),
        *marks("gtin", [row.text("barcode") for row in product.rows("barcodes")]),
        *marks("batch", [row.text("batchNumber") for row in product.rows("batchNumbers")]),
    )


def _with_the_rest(notice: Notice, extra: dict[str, str], record: Fields, product: Fields) -> Notice:
    """The notice with what has no field of its own, and a flag for what the reader does not know."""
    for key in _MACHINERY:
        record.take(key)
    for key in _PRODUCT_FLAGS:
        product.take(key)
    unread = {key: value for key, value in record.leftover().items() if "." not in key}
    flags = (f"left-over: the reader does not know the field {', '.join(sorted(unread))}",) if unread else ()
    filled = {key: value for key, value in extra.items() if value} | unread
    return notice.model_copy(update={"extra": filled, "flags": flags})


def _english(record: Fields) -> Fields:
    versions = record.rows("versions")
    english = [one for one in versions if one.child("language").text("key") == "EN"]
    return (english or versions or [Fields({})])[0]


def _trader(trace: Fields) -> tuple[Firm, ...]:
    trader = trace.take("onlineTrader")
    name = trader.get("name") if isinstance(trader, dict) else trader
    return (Firm(name=str(name), role="seller"),) if name else ()

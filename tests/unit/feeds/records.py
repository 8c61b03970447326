"""Small records of our own making, in the official forms."""

import csv
import io
import json
from typing import Any

_SHARED = [
    "Units",
    "Incidents",
    "Sold At Label",
    "Sold At",
    "Importers",
    "Manufacturers",
    "Distributors",
    "Manufactured In",
    "Custom Label",
    "Custom Field",
]
_TOLD = ["Name of product", "Description", "Hazard Description", "Consumer Action"]
_ANNOUNCED = "Original Product Safety Warning Announcement"
_WARNING = [f"Product Safety Warning {part}" for part in ("Number", "Date", "Title")]
RECALL_HEADER = [
    *("Recall Number", _WARNING[0], "Date", _WARNING[1], "Recall Heading"),
    *(*_TOLD, _ANNOUNCED, "Remedy Type", "Units", "Incidents", "Remedy", *_SHARED[2:]),
]
WARNING_HEADER = [*_WARNING, *_TOLD, _ANNOUNCED, *_SHARED]


def recall(number: str = "24999", **changes: Any) -> dict[str, Any]:
    """A recall in the API's form, whole, with empty fields."""
    record: dict[str, Any] = {
        "RecallID": 99999,
        "RecallNumber": number,
        "RecallDate": "2024-05-06T00:00:00",
        "Description": "Acme kettle, model number AK-1700, in red.",
        "URL": f"https://www.cpsc.gov/Recalls/2024/Acme-Kettles-{number}",
        "Title": f"Acme Kettles {number}",
        "ConsumerContact": None,
        "LastPublishDate": "2024-05-06T00:00:00",
        "Products": [{"Name": "Acme Kettles", "Description": "", "Model": "", "NumberOfUnits": "About 10"}],
        "Inconjunctions": [{"URL": "https://recalls.example/1"}],
        "Images": [{"URL": "https://www.cpsc.gov/kettle.jpg", "Caption": "Kettle"}],
        "Injuries": [],
        "Manufacturers": [],
        "Retailers": [{"Name": "Kettle shops from May 2023 through June 2023 for about $20.", "CompanyID": ""}],
        "Importers": [{"Name": "Acme Inc., of Ohio", "CompanyID": ""}],
        "Distributors": [],
        "SoldAtLabel": None,
        "ManufacturerCountries": [{"Country": "China"}],
        "ProductUPCs": [{"UPC": "036000291452"}],
        "Hazards": [{"Name": "It leaks.", "HazardType": "", "HazardTypeID": ""}],
        "Remedies": [{"Name": "Return it."}],
        "RemedyOptions": [{"Option": "Refund"}],
    }
    return record | changes


def api(*records: Any) -> bytes:
    """An API answer."""
    return json.dumps(list(records)).encode()


def table(header: list[str], *rows: dict[str, str], bom: bool = False) -> bytes:
    """A CSV of these columns; a row's missing cells are empty."""
    out = io.StringIO()
    writer = csv.DictWriter(out, header, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return (b"\xef\xbb\xbf" if bom else b"") + out.getvalue().encode()


def export_row(number: str = "25-999", **changes: str) -> dict[str, str]:
    """A row of the website's recall export."""
    row = {
        "Recall Number": number,
        "Date": "February 06, 2025",
        "Recall Heading": f"Acme Kettles {number}",
        "Name of product": "Acme Kettles",
        "Description": "Red&nbsp;kettle",
        "Remedy Type": "Refund, Replace",
        "Units": "About 10",
    }
    return row | changes


def warning_row(number: str = "26-999", **changes: str) -> dict[str, str]:
    """A row of the website's warning export."""
    row = {
        "Product Safety Warning Number": number,
        "Product Safety Warning Date": "April 2, 2026",
        "Product Safety Warning Title": f"Acme Bed Rails {number}",
        "Name of product": "Acme bed rails",
        "Description": "Rails. &ldquo;Model: HC030&rdquo; is printed on the box.",
        "Custom Label": "Seller(s):",
        "Custom Field": "Acme Trading Co., of China, doing business as RailDirect",
    }
    return row | changes

"""Reads RappelConso v2: one row for each GTIN, so rows are grouped by sheet and version."""

from collections.abc import Mapping

from crawler.errors import BadInput
from crawler.extract.gtin import valid_gtin
from crawler.feeds.bytes import json_of, start_of
from crawler.feeds.fields import Fields
from crawler.feeds.notice import Firm, Identifier, Image, Notice, Product
from crawler.feeds.result import ReadResult, RecordProblem, gather
from crawler.feeds.text import iso_day

SOURCE = "rappelconso"
_NO_BRAND = frozenset({"sans marque", "sans", "aucune", "inconnu", "inconnue"})
_TEXTS = (
    "conditionnements",
    "date_debut_commercialisation",
    "date_date_fin_commercialisation",
    "temperature_conservation",
    "marque_salubrite",
    "informations_complementaires",
    "informations_complementaires_publiques",
    "preconisations_sanitaires",
    "description_complementaire_risque",
    "numero_contact",
    "modalites_de_compensation",
    "date_de_fin_de_la_procedure_de_rappel",
    "lien_vers_la_liste_des_produits",
    "lien_vers_la_liste_des_distributeurs",
    "lien_vers_affichette_pdf",
    "rappel_guid",
)


def sniff(data: bytes) -> bool:
    """JSON rows that carry numero_fiche and rappel_guid."""
    start = start_of(data)
    return start[:1] in "[{" and '"numero_fiche"' in start and '"rappel_guid"' in start


def read(data: bytes, name: str) -> ReadResult:
    """The notices of an answer or export. Raises BadInput where it holds no rows."""
    value = json_of(data, name)
    rows = value.get("results") if isinstance(value, dict) else value
    if not isinstance(rows, list):
        raise BadInput("is JSON, but no list of RappelConso rows", file=name)
    groups: dict[str, list[object]] = {}
    for at, row in enumerate(rows, 1):
        groups.setdefault(_key(at, row), []).append(row)
    total = value.get("total_count") if isinstance(value, dict) else None
    notes = [f"{len(rows)} rows of {len(groups)} notices"] if len(rows) != len(groups) else []
    if isinstance(total, int) and total > len(rows):
        notes.append(f"a part only: {len(rows)} of {total} rows")
    return gather(SOURCE, groups.items(), _notice, notes)


def _key(at: int, row: object) -> str:
    if isinstance(row, Mapping) and row.get("numero_fiche"):
        return f"{row['numero_fiche']} v{row.get('numero_version', 1)}"
    return f"row {at}"


def _notice(rows: list[object]) -> Notice:
    records = [Fields(row) for row in rows]
    first = records[0]
    number, law = first.needed("numero_fiche"), first.text("nature_juridique_rappel")
    if law and not law.startswith(("volontaire", "impos")):
        raise RecordProblem(f"nature_juridique_rappel: {law!r} is a kind that the reader does not know")
    brand, models = first.text("marque_produit"), first.text("modeles_ou_references")
    notice = Notice(
        id=f"fr-rappelconso:{number}",
        kind="recall",
        authority="fr-rappelconso",
        number=number,
        published_on=iso_day(first.raw("date_publication"), "date_publication"),
        title=first.text("libelle"),
        url=first.raw("lien_vers_la_fiche_rappel"),
        description=first.text("motif_rappel"),
        products=(Product(name=first.text("libelle") or models, model=""),),
        firms=tuple(Firm(name=name, role="distributor") for name in _split(first.text("distributeurs"), "¤")),
        sold_at=first.text("zone_geographique_de_vente"),
        hazards=_split(first.text("risques_encourus"), "|"),
        remedies=_split(first.text("conduites_a_tenir_par_le_consommateur"), "|"),
        images=tuple(Image(url=url) for url in _split(first.raw("liens_vers_les_images"), "|")),
        categories=tuple(
            part for part in (first.text("categorie_produit"), first.text("sous_categorie_produit")) if part
        ),
        language="fr",
        identifiers=_identifiers(records, brand, models),
    )
    known = {key: first.text(key) for key in _TEXTS} | {"version": first.raw("numero_version"), "law": law}
    first.take("id")
    known["identification_produits"] = first.text("identification_produits")
    extra, flags = first.finish(known)
    return notice.model_copy(update={"extra": extra, "flags": flags})


def _identifiers(records: list[Fields], brand: str, models: str) -> tuple[Identifier, ...]:
    found = []
    for record in records:
        gtin = record.raw("gtin")
        if gtin.strip("0"):
            digits = gtin.zfill(13) if len(gtin) in (11, 12) else gtin
            found.append(Identifier(kind="gtin", value=digits, valid=bool(valid_gtin(digits))))
    if brand and brand not in _NO_BRAND:
        found.append(Identifier(kind="brand", value=brand))
    found += [Identifier(kind="model", value=one) for one in _split(models.replace(";", "¤"), "¤") if len(one) <= 40]
    return tuple({(one.kind, one.value): one for one in found}.values())


def _split(text: str, mark: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(mark) if part.strip())

"""Names of countries as pages print them, as ISO 3166-1 alpha-2 codes."""

_NAMES = """
AF: Afghanistan
AL: Albania
DZ: Algeria
AD: Andorra
AO: Angola
AG: Antigua and Barbuda
AR: Argentina
AM: Armenia
AW: Aruba
AU: Australia, Australien, Australie
AT: Austria, Österreich, Autriche
AZ: Azerbaijan
BS: Bahamas
BH: Bahrain
BD: Bangladesh
BB: Barbados
BY: Belarus
BE: Belgium, Belgien, Belgique, Belgio, Bélgica, België
BZ: Belize
BJ: Benin
BM: Bermuda
BT: Bhutan
BO: Bolivia
BA: Bosnia and Herzegovina
BW: Botswana
BR: Brazil, Brasil, Brasilien, Brésil, Brasile
BN: Brunei
BG: Bulgaria
BF: Burkina Faso
BI: Burundi
KH: Cambodia
CM: Cameroon
CA: Canada, Kanada, Canadá
CV: Cape Verde
KY: Cayman Islands
CF: Central African Republic
TD: Chad
CL: Chile
CN: China, Mainland China, China Mainland, Chine, Cina, 中国, 中国大陆
CO: Colombia
KM: Comoros
CG: Congo
CD: Democratic Republic of the Congo
CR: Costa Rica
CI: Côte d'Ivoire, Ivory Coast
HR: Croatia
CU: Cuba
CW: Curaçao
CY: Cyprus
CZ: Czech Republic, Czechia
DK: Denmark, Dänemark, Danemark, Danimarca, Dinamarca
DJ: Djibouti
DM: Dominica
DO: Dominican Republic
EC: Ecuador
EG: Egypt
SV: El Salvador
GQ: Equatorial Guinea
ER: Eritrea
EE: Estonia
SZ: Eswatini
ET: Ethiopia
FJ: Fiji
FI: Finland, Finnland, Finlande, Finlandia
FR: France, Frankreich, Francia, Frankrijk
GF: French Guiana
PF: French Polynesia
GA: Gabon
GM: Gambia
GE: Georgia
DE: Germany, Deutschland, Allemagne, Germania, Alemania, Duitsland
GH: Ghana
GI: Gibraltar
GR: Greece
GL: Greenland
GD: Grenada
GP: Guadeloupe
GU: Guam
GT: Guatemala
GG: Guernsey
GN: Guinea
GW: Guinea-Bissau
GY: Guyana
HT: Haiti
HN: Honduras
HK: Hong Kong, Hong Kong SAR, 香港
HU: Hungary
IS: Iceland
IN: India
ID: Indonesia
IR: Iran
IQ: Iraq
IE: Ireland, Republic of Ireland, Irland, Irlande, Irlanda
IM: Isle of Man
IL: Israel
IT: Italy, Italien, Italie, Italia
JM: Jamaica
JP: Japan, Japon, Giappone, Japón, 日本
JE: Jersey
JO: Jordan
KZ: Kazakhstan
KE: Kenya
KI: Kiribati
KW: Kuwait
KG: Kyrgyzstan
LA: Laos
LV: Latvia
LB: Lebanon
LS: Lesotho
LR: Liberia
LY: Libya
LI: Liechtenstein
LT: Lithuania
LU: Luxembourg
MO: Macau, Macao
MG: Madagascar
MW: Malawi
MY: Malaysia
MV: Maldives
ML: Mali
MT: Malta
MQ: Martinique
MR: Mauritania
MU: Mauritius
YT: Mayotte
MX: Mexico, México, Mexiko, Mexique
MD: Moldova
MC: Monaco
MN: Mongolia
ME: Montenegro
MA: Morocco
MZ: Mozambique
MM: Myanmar
NA: Namibia
NP: Nepal
NL: Netherlands, The Netherlands, Niederlande, Pays-Bas, Paesi Bassi, Países Bajos, Nederland
NC: New Caledonia
NZ: New Zealand
NI: Nicaragua
NE: Niger
NG: Nigeria
MK: North Macedonia, Macedonia
NO: Norway, Norwegen, Norvège, Norvegia, Noruega
OM: Oman
PK: Pakistan
PS: Palestine
PA: Panama
PG: Papua New Guinea
PY: Paraguay
PE: Peru, Perú
PH: Philippines
PL: Poland, Polen, Pologne, Polonia
PT: Portugal, Portogallo
PR: Puerto Rico
QA: Qatar
RE: Réunion, Reunion
RO: Romania
RU: Russia, Russian Federation, Россия
RW: Rwanda
KN: Saint Kitts and Nevis
LC: Saint Lucia
VC: Saint Vincent and the Grenadines
WS: Samoa
SM: San Marino
SA: Saudi Arabia
SN: Senegal
RS: Serbia
SC: Seychelles
SL: Sierra Leone
SG: Singapore
SK: Slovakia
SI: Slovenia
SB: Solomon Islands
SO: Somalia
ZA: South Africa
KR: South Korea, Korea, Republic of Korea, 한국, 대한민국
SS: South Sudan
ES: Spain, Spanien, Espagne, Spagna, España, Spanje
LK: Sri Lanka
SD: Sudan
SR: Suriname
SE: Sweden, Schweden, Suède, Svezia, Suecia
CH: Switzerland, Schweiz, Suisse, Svizzera, Suiza
SY: Syria
TW: Taiwan, 台湾
TJ: Tajikistan
TZ: Tanzania
TH: Thailand
TG: Togo
TO: Tonga
TT: Trinidad and Tobago
TN: Tunisia
TR: Turkey, Türkiye, Turkiye
TM: Turkmenistan
UG: Uganda
UA: Ukraine
AE: United Arab Emirates
GB: United Kingdom, Great Britain, UK, England, Vereinigtes Königreich, Royaume-Uni, Regno Unito, Reino Unido
US: United States, United States of America, USA, US, U.S., U.S.A., the United States, Vereinigte Staaten, États-Unis
US: Etats-Unis, Stati Uniti, Estados Unidos, 美国, アメリカ
UY: Uruguay
UZ: Uzbekistan
VU: Vanuatu
VA: Vatican City
VE: Venezuela
VN: Vietnam, Viet Nam
VG: British Virgin Islands
VI: US Virgin Islands
YE: Yemen
ZM: Zambia
ZW: Zimbabwe
"""


def _table() -> dict[str, str]:
    rows = (line.split(": ", 1) for line in _NAMES.strip().splitlines())
    return {name.strip().casefold(): code for code, names in rows for name in names.split(",")}


_CODES = _table()
_ISO = frozenset(_CODES.values())


def country_code(name: str) -> str:
    """The code of a country's name, or of a code itself; "" where it is none that we know."""
    plain = name.strip().strip(".,;:()").casefold()
    if len(plain) == 2 and plain.upper() in _ISO:
        return plain.upper()
    return _CODES.get(plain) or _CODES.get(name.strip().casefold(), "")


def country_named_in(text: str) -> str:
    """The country that a short text names, wholly ("Netherlands") or at its end ("Deliver to Pakistan"); "" for none
    and for two different ones."""
    words = text[:120].replace(",", " ").split()
    found: list[str] = []
    at = 0
    while at < len(words):
        for length in (5, 4, 3, 2, 1):
            name = " ".join(words[at : at + length]).strip(".;:()")
            code = _CODES.get(name.casefold(), "")
            if code and at + length <= len(words) and (len(name) > 3 or name.isupper() or not name.isascii()):
                found.append(code)
                at += length
                break
        else:
            at += 1
    return found[0] if len(set(found)) == 1 else ""

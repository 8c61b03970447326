"""Keeps keys, tokens and signatures out of everything that is written down."""

from urllib.parse import quote, quote_plus


def hidden(data: bytes, secrets: tuple[str, ...]) -> bytes:
    """The bytes with every secret (plain, and as it stands in a URL) replaced by as many asterisks."""
    for secret in forms(secrets):
        data = data.replace(secret, b"*" * len(secret))
    return data


def forms(secrets: tuple[str, ...]) -> list[bytes]:
    """The spellings of secrets on the wire, the longest first."""
    found = {spelt for one in secrets if one for spelt in (one, quote(one, safe=""), quote_plus(one), quote(one))}
    return sorted((one.encode() for one in found), key=len, reverse=True)

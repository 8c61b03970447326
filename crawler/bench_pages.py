"""Pages of our own making for the benchmarks, and a server for them: `python -m crawler.bench_pages PAGES HOSTS`.

The pages have the sizes of real product pages (50 to 400 kB of HTML, gzip on the wire); each is different, because an
identical body would be archived as a mere reference. With 0 for PAGES there are as many as are asked for: each has a
head of its own, made when it is asked for, and shares the rest with others.
"""

import asyncio
import gzip
import json
import random
import struct
import sys
import zlib
from collections.abc import Callable, Sequence

_WORDS = (
    "lamp kettle stroller crib magnet cord battery charger heater blanket helmet ladder toaster swing rattle gate "
    "sturdy small bright folding portable wooden cotton steel blue green ivory washable spare original quick silent "
    "ships returns within days seller rating buyers said arrived packed good value as described would buy again the "
    "a of and with for from this that our"
).split()


_SHARED = 200
_GZIP_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"
_LAST_BLOCK = b"\x03\x00"


def page_html(number: int) -> bytes:
    """The product page of one number: head, structured data, offer, description, reviews, related items, a script."""
    chance = random.Random(number)
    size = min(400_000, max(50_000, int(chance.lognormvariate(11.9, 0.55))))
    head = _head(chance, number)
    return (head + _rest(chance, len(head), size)).encode()


def _head(chance: random.Random, number: int) -> str:
    name = f"{_text(chance, 5)} {number}"
    offer = {"@type": "Offer", "price": f"{chance.randint(5, 400)}.99", "priceCurrency": "USD"}
    data = {"@context": "https://schema.org", "@type": "Product", "name": name, "sku": str(number)}
    data_json = json.dumps({**data, "offers": {**offer, "availability": "https://schema.org/InStock"}})
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{name}</title>'
        f'<script type="application/ld+json">{data_json}</script></head><body><main id="item" data-id="{number}">'
        f'<h1>{name}</h1><p class="price">${offer["price"]}</p><button name="add">Add to cart</button>'
    )


def _rest(chance: random.Random, length: int, size: int) -> str:
    parts: list[str] = []
    while length < size * 0.8:
        parts.append(_block(chance))
        length += len(parts[-1])
    state = json.dumps({"items": [{"id": chance.randint(1, 10**9), "t": _text(chance, 6)} for _ in range(size // 500)]})
    parts.append(f"<script>window.state = {state}</script></main></body></html>")
    return "".join(parts)


def page_wire(number: int) -> bytes:
    """The whole HTTP answer for one page."""
    return _answer(gzip.compress(page_html(number), 6, mtime=0))


def endless_wires() -> Callable[[int], bytes]:
    """The same for any number: one of 200 bodies, compressed once, behind a head that no other page has."""
    bodies = []
    for number in range(_SHARED):
        chance = random.Random(number)
        plain = _rest(chance, 0, min(400_000, max(50_000, int(chance.lognormvariate(11.9, 0.55))))).encode()
        bodies.append((plain, _deflated(plain)))

    def wire(number: int) -> bytes:
        head = _head(random.Random(number), number).encode()
        plain, packed = bodies[number % _SHARED]
        length = (len(head) + len(plain)) & 0xFFFFFFFF
        trailer = struct.pack("<II", zlib.crc32(plain, zlib.crc32(head)), length)
        return _answer(_GZIP_HEAD + _deflated(head) + packed + _LAST_BLOCK + trailer)

    return wire


def _deflated(data: bytes) -> bytes:
    """Deflated so that it can stand anywhere in a stream: it ends at a byte and refers to nothing before it."""
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush(zlib.Z_FULL_FLUSH)


def _answer(body: bytes) -> bytes:
    head = (
        "HTTP/1.1 200 OK\r\nServer: bench\r\nContent-Type: text/html; charset=utf-8\r\nContent-Encoding: gzip\r\n"
        f"Cache-Control: private\r\nVary: Accept-Encoding\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def serve(pages: int, hosts: int) -> None:
    """Serve the pages on so many ports; prints the ports as one JSON line when ready, ends when stdin closes."""
    wires = [page_wire(number) for number in range(pages)]
    wire = wires.__getitem__ if pages else endless_wires()
    robots = b"User-agent: *\nDisallow: /basket\n"
    rules = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%b" % (len(robots), robots)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                path = head.split(b" ", 2)[1]
                writer.write(rules if path == b"/robots.txt" else wire(int(path.rpartition(b"/")[2])))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    servers = [await asyncio.start_server(answer, "127.0.0.1", 0) for _ in range(hosts)]
    ports = [server.sockets[0].getsockname()[1] for server in servers]
    sizes = sum(len(wire) for wire in wires)
    sys.stdout.write(json.dumps({"ports": ports, "wire_bytes": sizes}) + "\n")
    sys.stdout.flush()
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


def main(arguments: Sequence[str]) -> None:
    """Serve until stdin closes."""
    pages, hosts = (int(text) for text in arguments)
    asyncio.run(serve(pages, hosts))


def _text(chance: random.Random, words: int) -> str:
    return " ".join(chance.choices(_WORDS, k=words))


def _block(chance: random.Random) -> str:
    number = chance.randint(1, 10**8)
    return (
        f'<section class="review r{number % 7}" id="r{number}"><h3><a href="/u/{number}">{_text(chance, 3)}</a></h3>'
        f'<img src="/i/{number}.jpg" alt="{_text(chance, 2)}" width="80" height="80"><p>{_text(chance, 30)}</p>'
        f'<ul class="meta"><li data-k="{number}">{_text(chance, 4)}</li><li>{chance.random():.4f}</li></ul></section>'
    )


if __name__ == "__main__":
    main(sys.argv[1:])

"""A client of a service itself, as nginx is one."""
import asyncio

import harness as h


def socket_of(service, n=1):
    return f"{h.VAR}/run/{service}-{n}.sock"


def record(kind, content):
    return bytes([1, kind, 0, 1, len(content) >> 8, len(content) & 255, 0, 0]) + content


def length(n):
    return bytes([n]) if n < 128 else (n | 1 << 31).to_bytes(4, "big")


def stream(kind, content):
    return b"".join(record(kind, content[i : i + 65535]) for i in range(0, len(content), 65535)) + record(kind, b"")


def request(path, method="GET", body=b"", **more):
    """One request whose connection is kept."""
    params = {"REQUEST_METHOD": method, "REQUEST_URI": path, "QUERY_STRING": "", "CONTENT_LENGTH": str(len(body)), "REMOTE_ADDR": "127.0.0.1", "SERVER_PROTOCOL": "HTTP/1.1", **more}
    pairs = b"".join(length(len(k)) + length(len(v)) + k.encode() + v.encode() for k, v in params.items())
    return record(1, bytes([0, 1, 1, 0, 0, 0, 0, 0])) + stream(4, pairs) + stream(5, body)


async def whole_answer(reader):
    """Head and body, when all that belongs to it has come."""
    out = b""
    while True:
        head = await reader.readexactly(8)
        content = (await reader.readexactly((head[4] << 8 | head[5]) + head[6]))[: head[4] << 8 | head[5]]
        if head[1] == 3:
            return out
        out += content if head[1] == 6 else b""


async def answer(reader):
    return status_of(await whole_answer(reader))


def status_of(out):
    return int(out.split(b"Status: ")[1][:3]) if b"Status: " in out else 200


def ask(where, *requests, seconds=10, read=answer):
    """Each over the same connection, in turn; their statuses."""

    async def all_of_them():
        reader, writer = await asyncio.open_unix_connection(where)
        statuses = []
        for r in requests:
            writer.write(r)
            statuses.append(await asyncio.wait_for(read(reader), seconds))
        writer.close()
        return statuses

    return asyncio.run(all_of_them())

"""A server of sse-starlette's: three events to each connection, after the last that the client has seen, of nine.

    python serve.py
"""

import asyncio

import uvicorn
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route


async def three(after):
    for n in range(after + 1, after + 4):
        event = "tick" if n % 3 == 0 else None
        yield ServerSentEvent(f"{n}\nzwölf", id=str(n), event=event, retry=200)
    await asyncio.Event().wait()


async def events(request):
    last = int(request.headers.get("last-event-id", 0))
    return Response(status_code=204) if last >= 9 else EventSourceResponse(three(last))


class Server(uvicorn.Server):
    async def startup(self, sockets=None):
        await super().startup(sockets)
        port = self.servers[0].sockets[0].getsockname()[1]
        print(f"http://127.0.0.1:{port}", flush=True)


app = Starlette(routes=[Route("/events", events)])
Server(uvicorn.Config(app, port=0, log_level="error")).run()

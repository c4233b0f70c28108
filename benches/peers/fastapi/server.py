"""FastAPI with sse-starlette on uvicorn. A JWT is verified before a ticket is given. Each stream has a queue.

    python server.py
"""

import asyncio
import secrets
import time
import uuid
from typing import Annotated

import jwt
import uvicorn
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel
from sse_starlette import EventSourceResponse

KEY = secrets.token_bytes(32)

app = FastAPI()
tickets: dict[str, str] = {}
queues: set[asyncio.Queue[str]] = set()


class Login(BaseModel):
    username: str
    password: str


async def subject(bearer: Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]) -> str:
    try:
        return jwt.decode(bearer.credentials, KEY, algorithms=["HS256"])["sub"]
    except jwt.InvalidTokenError as error:
        raise HTTPException(401) from error


@app.post("/demo/login")
async def login(user: Login):
    claims = {"sub": user.username, "exp": int(time.time()) + 3600}
    return {"access_token": jwt.encode(claims, KEY, algorithm="HS256")}


@app.post("/token")
async def mint(user: Annotated[str, Depends(subject)]):
    ticket = str(uuid.uuid4())
    tickets[ticket] = user
    return {"sse_token": ticket}


async def events():
    queue: asyncio.Queue[str] = asyncio.Queue()
    queues.add(queue)
    try:
        yield {"comment": "open~"}
        while True:
            yield {"data": await queue.get()}
    finally:
        queues.remove(queue)


@app.get("/stream")
async def stream(token: str = ""):
    if tickets.pop(token, None) is None:
        raise HTTPException(401)
    # The load looks for events that end as the other servers end them.
    return EventSourceResponse(events(), sep="\n")


@app.post("/publish")
async def publish(request: Request):
    text = (await request.body()).decode()
    for queue in queues:
        queue.put_nowait(text)


class Server(uvicorn.Server):
    async def startup(self, sockets=None):
        await super().startup(sockets)
        port = self.servers[0].sockets[0].getsockname()[1]
        print(f"listening on http://127.0.0.1:{port}", flush=True)


Server(uvicorn.Config(app, port=0, log_level="error", access_log=False)).run()

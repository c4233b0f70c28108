"""Follows a stream with a client library that others use, and says what comes of it, a line of JSON each.

    python follow.py LIBRARY BASE PATH JWT fresh|same

The libraries read a stream and don't come back: the loop does. In the mode `fresh` it asks for a new token
before each attempt, in the mode `same` once. The path is that of the stream without its last part:
`topics/news`.
"""

import json
import sys
import time

import httpx
import httpx_sse
import sseclient
import urllib3

library, base, path, jwt, mode = sys.argv[1:]
pool = urllib3.PoolManager()


def say(what):
    print(json.dumps(what), flush=True)


def mint(last_id=None):
    """The URL of the stream, with a token that is good once."""
    answer = httpx.post(
        f"{base}/{path}/stream-token",
        headers={"Authorization": f"Bearer {jwt}"},
        json={"last_event_id": last_id},
    )
    answer.raise_for_status()
    answer = answer.json()
    return f"{base}{answer['stream_url']}?token={answer['sse_token']}"


def check(status):
    """There are events with a status of 200, and no more events after one of 204."""
    if status == 204:
        say("end")
        sys.exit()
    if status != 200:
        raise RuntimeError(f"the status is {status}")


def with_httpx_sse(url, headers):
    with httpx.Client(timeout=httpx.Timeout(5, read=60)) as client:
        with httpx_sse.connect_sse(client, "GET", url, headers=headers) as source:
            check(source.response.status_code)
            yield from source.iter_sse()


def with_sseclient(url, headers):
    headers = {"Accept": "text/event-stream", **headers}
    response = pool.request("GET", url, headers=headers, preload_content=False, retries=False)
    check(response.status)
    yield from sseclient.SSEClient(response).events()


events = {"httpx-sse": with_httpx_sse, "sseclient-py": with_sseclient}[library]
url, last_id, retry = None, None, 0.1
while True:
    if url is None or mode == "fresh":
        url = mint(last_id)
    say("start")
    try:
        for event in events(url, {"Last-Event-ID": last_id} if last_id else {}):
            last_id = event.id or last_id
            retry = int(event.retry) / 1000 if event.retry else retry
            if event.event == "message":
                say({"data": event.data})
    except (httpx.TransportError, urllib3.exceptions.HTTPError):
        pass  # The stream was cut.
    time.sleep(retry)

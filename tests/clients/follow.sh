#!/usr/bin/env bash
# Follows a stream with curl, and says what comes of it, a line of JSON each. In the mode `fresh` it
# asks for a new token before each attempt, in the mode `same` once. The path is that of the stream
# without its last part: `topics/news`.
#
#     bash follow.sh BASE PATH JWT fresh|same
set -euo pipefail
base=$1 path=$2 jwt=$3 mode=$4

# The URL of the stream, with a token that is good once.
mint() {
    local answer
    # The JWT comes by standard input: arguments are seen by all users of the machine.
    answer=$(curl -sf -H @- -H 'Content-Type: application/json' -d "{\"last_event_id\":${1:-null}}" \
        "$base/$path/stream-token" <<<"Authorization: Bearer $jwt")
    [[ $answer =~ \"sse_token\":\"([^\"]+)\" ]] && local token=${BASH_REMATCH[1]}
    [[ $answer =~ \"stream_url\":\"([^\"]+)\" ]] && echo "$base${BASH_REMATCH[1]}?token=$token"
}

# A text as JSON.
say_data() {
    local text=${1//\\/\\\\}
    printf '{"data":"%s"}\n' "${text//\"/\\\"}"
}

url='' last_id='' retry=100
while :; do
    if [ -z "$url" ] || [ "$mode" = fresh ]; then url=$(mint "${last_id:+\"$last_id\"}"); fi
    echo '"start"'
    headers=(-H 'Accept: text/event-stream')
    if [ -n "$last_id" ]; then headers+=(-H "Last-Event-ID: $last_id"); fi
    id='' event='' data=''
    # An event counts when its empty line has come. The line that curl adds is not part of one.
    while IFS= read -r line; do
        case $line in
            'id: '*) id=${line#id: } ;;
            'event: '*) event=${line#event: } ;;
            'data: '*) data=${line#data: } ;;
            'retry: '*) retry=${line#retry: } ;;
            'status: 204')
                echo '"end"'
                exit
                ;;
            '')
                last_id=${id:-$last_id}
                if [ -n "$data" ] && [ -z "$event" ]; then say_data "$data"; fi
                id='' event='' data=''
                ;;
        esac
    done < <(curl -sN --fail "${headers[@]}" -w 'status: %{http_code}\n' "$url")
    sleep "$(printf '%d.%03d' $((retry / 1000)) $((retry % 1000)))"
done

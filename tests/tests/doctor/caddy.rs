//! Caddy, which sends event streams at once by their content type.

use crate::proxy::Kind;
use crate::row::{Row, check_all};

/// The line of the guide's settings that gets a block, or others beside it.
const LINE: &str = "reverse_proxy 127.0.0.1:3000";

const ROWS: &[Row] = &[
    Row {
        name: "as in the guide",
        changes: &[(LINE, LINE)],
        wrong: &[],
    },
    Row {
        name: "buffering",
        changes: &[(
            LINE,
            "@mint path *-token
            reverse_proxy @mint 127.0.0.1:3000
            reverse_proxy 127.0.0.1:3000 {
                buffer_responses
            }",
        )],
        wrong: &["buffering"],
    },
    Row {
        name: "read timeout shorter than the heartbeat",
        changes: &[(
            LINE,
            "reverse_proxy 127.0.0.1:3000 {
                transport http {
                    read_timeout 1s
                }
            }",
        )],
        wrong: &["idle"],
    },
    Row {
        name: "write timeout",
        changes: &[(
            "admin off",
            "admin off
            servers {
                timeouts {
                    write 3s
                }
            }",
        )],
        wrong: &["idle"],
    },
    Row {
        name: "compression",
        changes: &[(
            LINE,
            "encode {
                gzip
                minimum_length 1
                match {
                    header Content-Type text/event-stream*
                }
            }
            reverse_proxy 127.0.0.1:3000",
        )],
        wrong: &["compression"],
    },
    Row {
        name: "no Last-Event-ID",
        changes: &[(
            LINE,
            "reverse_proxy 127.0.0.1:3000 {
                header_up -Last-Event-ID
            }",
        )],
        wrong: &["resume"],
    },
    Row {
        name: "no Accept",
        changes: &[(
            LINE,
            "reverse_proxy 127.0.0.1:3000 {
                header_up -Accept
            }",
        )],
        wrong: &["accept"],
    },
    Row {
        name: "redirect to another path",
        changes: &[(
            LINE,
            "redir /topics/news/stream /moved?{query} 307
            route /moved {
                rewrite * /topics/news/stream
                reverse_proxy 127.0.0.1:3000
            }
            reverse_proxy 127.0.0.1:3000",
        )],
        wrong: &["redirects", "token"],
    },
    Row {
        name: "redirect to https",
        changes: &[(
            LINE,
            "redir /topics/news/stream https://{host}:1{uri} 308
            reverse_proxy 127.0.0.1:3000",
        )],
        wrong: &["redirects", "token"],
    },
    Row {
        name: "redirect of the mint",
        changes: &[(
            LINE,
            "redir /topics/news/stream-token /elsewhere 301
            reverse_proxy 127.0.0.1:3000",
        )],
        wrong: &["redirects"],
    },
    Row {
        name: "cache headers",
        changes: &[(
            LINE,
            "reverse_proxy 127.0.0.1:3000 {
                header_down Cache-Control max-age=3600
            }",
        )],
        wrong: &["caching"],
    },
    Row {
        name: "no CORS headers",
        changes: &[(
            LINE,
            "reverse_proxy 127.0.0.1:3000 {
                header_down -Access-Control-Allow-Origin
            }",
        )],
        wrong: &["cors"],
    },
    Row {
        name: "no preflights",
        changes: &[(
            LINE,
            "@preflight method OPTIONS
            respond @preflight 405
            reverse_proxy 127.0.0.1:3000",
        )],
        wrong: &["cors"],
    },
    Row {
        name: "no referrer policy",
        changes: &[(
            LINE,
            "reverse_proxy 127.0.0.1:3000 {
                header_down -Referrer-Policy
            }",
        )],
        wrong: &["token"],
    },
    Row {
        name: "error page with the URL",
        changes: &[(
            LINE,
            "reverse_proxy 127.0.0.1:3000 {
                @refused status 401
                handle_response @refused {
                    respond \"no stream at {uri}\" 401
                }
            }",
        )],
        wrong: &["token"],
    },
    Row {
        name: "prefix cut",
        changes: &[(
            LINE,
            "rewrite /topics/news/stream /news/stream?{query}
            reverse_proxy 127.0.0.1:3000",
        )],
        wrong: &["status"],
    },
    Row {
        name: "another content type",
        changes: &[(
            LINE,
            "reverse_proxy 127.0.0.1:3000 {
                header_down Content-Type text/event-stream text/plain
            }",
        )],
        wrong: &["status"],
    },
];

#[tokio::test]
async fn each_fault_of_caddy_is_found_and_no_other() {
    check_all(Kind::Caddy, ROWS).await;
}

//! `HAProxy`, which passes bytes on as they come unless it is told to wait.

use crate::proxy::Kind;
use crate::row::{Row, check_all};

/// The line of the guide's settings behind which rules can stand.
const LINE: &str = "default_backend app";

const ROWS: &[Row] = &[
    Row {
        name: "as in the guide",
        changes: &[(LINE, LINE)],
        wrong: &[],
    },
    Row {
        name: "waits for the body",
        changes: &[(
            LINE,
            "http-request set-var(txn.path) path
            http-response wait-for-body time 60s if { var(txn.path) -m str /topics/news/stream }
            default_backend app",
        )],
        wrong: &["buffering"],
    },
    Row {
        name: "server timeout shorter than the heartbeat",
        changes: &[("timeout server 60s", "timeout server 1s")],
        wrong: &["idle"],
    },
    Row {
        name: "compression",
        // It compresses nothing that comes with `no-transform`, so another hop removes that before. The
        // address in the name of the socket keeps apart what runs at the same time.
        changes: &[(
            LINE,
            "compression algo gzip
            compression type text/event-stream
            default_backend hop
        backend hop
            server hop abns@hop-:80
        frontend hop
            bind abns@hop-:80
            http-response set-header Cache-Control no-store
            default_backend app",
        )],
        wrong: &["compression"],
    },
    Row {
        name: "no Last-Event-ID",
        changes: &[(
            LINE,
            "http-request del-header Last-Event-ID\n default_backend app",
        )],
        wrong: &["resume"],
    },
    Row {
        name: "no Accept",
        changes: &[(LINE, "http-request del-header Accept\n default_backend app")],
        wrong: &["accept"],
    },
    Row {
        name: "redirect to another path",
        changes: &[(
            LINE,
            "http-request redirect prefix /moved code 307 if { path /topics/news/stream }
            http-request set-path /topics/news/stream if { path /moved/topics/news/stream }
            default_backend app",
        )],
        wrong: &["redirects", "token"],
    },
    Row {
        name: "redirect to https",
        changes: &[(
            LINE,
            "http-request redirect scheme https if { path /topics/news/stream }
            default_backend app",
        )],
        wrong: &["redirects", "token"],
    },
    Row {
        name: "redirect of the mint",
        changes: &[(
            LINE,
            "http-request redirect location /elsewhere if { path /topics/news/stream-token }
            default_backend app",
        )],
        wrong: &["redirects"],
    },
    Row {
        name: "cache headers",
        changes: &[(
            LINE,
            "http-response set-header Cache-Control max-age=3600\n default_backend app",
        )],
        wrong: &["caching"],
    },
    Row {
        name: "no CORS headers",
        changes: &[(
            LINE,
            "http-response del-header Access-Control-Allow-Origin\n default_backend app",
        )],
        wrong: &["cors"],
    },
    Row {
        name: "no preflights",
        changes: &[(
            LINE,
            "http-request deny deny_status 405 if METH_OPTIONS\n default_backend app",
        )],
        wrong: &["cors"],
    },
    Row {
        name: "no referrer policy",
        changes: &[(
            LINE,
            "http-response del-header Referrer-Policy\n default_backend app",
        )],
        wrong: &["token"],
    },
    Row {
        name: "error page with the URL",
        changes: &[(
            LINE,
            "http-request set-var(txn.url) url
            http-response return status 401 content-type text/plain lf-string \"no stream at %[var(txn.url)]\" if { status 401 }
            default_backend app",
        )],
        wrong: &["token"],
    },
    Row {
        name: "prefix cut",
        changes: &[(
            LINE,
            "http-request set-path /news/stream if { path /topics/news/stream }
            default_backend app",
        )],
        wrong: &["status"],
    },
    Row {
        name: "another content type",
        changes: &[(
            LINE,
            "http-response set-header Content-Type text/plain if { res.hdr(Content-Type) text/event-stream }
            default_backend app",
        )],
        wrong: &["status"],
    },
];

#[tokio::test]
async fn each_fault_of_haproxy_is_found_and_no_other() {
    check_all(Kind::HaProxy, ROWS).await;
}

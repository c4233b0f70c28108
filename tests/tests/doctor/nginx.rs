//! nginx, which buffers, compresses and times out unless it is told otherwise.

use crate::proxy::Kind;
use crate::row::{Row, check_all};

/// A line of the guide's location, behind which others can stand.
const LINE: &str = "proxy_next_upstream off;";

/// What follows the guide's location.
const NEXT: &str = "location @later {";

const ROWS: &[Row] = &[
    Row {
        name: "as in the guide",
        changes: &[(LINE, LINE)],
        wrong: &[],
    },
    Row {
        name: "buffering",
        // nginx passes chunks on even so. It collects what comes over HTTP/1.0, which is the default of
        // `proxy_http_version` in 1.22.
        changes: &[
            ("proxy_http_version 1.1;", ""),
            (
                "proxy_buffering off;",
                "proxy_buffering on; proxy_ignore_headers X-Accel-Buffering;",
            ),
        ],
        wrong: &["buffering"],
    },
    Row {
        name: "read timeout shorter than the heartbeat",
        changes: &[("proxy_read_timeout 60s;", "proxy_read_timeout 1s;")],
        wrong: &["idle"],
    },
    Row {
        name: "gzip",
        changes: &[(
            LINE,
            "gzip on; gzip_types text/event-stream; gzip_min_length 0; gzip_proxied any;",
        )],
        wrong: &["compression"],
    },
    Row {
        name: "no Last-Event-ID",
        changes: &[(LINE, "proxy_set_header Last-Event-ID '';")],
        wrong: &["resume"],
    },
    Row {
        name: "no Accept",
        changes: &[(LINE, "proxy_set_header Accept '';")],
        wrong: &["accept"],
    },
    Row {
        name: "redirect to another path",
        changes: &[(
            NEXT,
            "location = /topics/news/stream { return 307 /moved$is_args$args; }
            location = /moved {
                rewrite ^ /topics/news/stream break;
                proxy_pass http://backend;
                proxy_http_version 1.1;
            }
            location @later {",
        )],
        wrong: &["redirects", "token"],
    },
    Row {
        name: "redirect to https",
        changes: &[(
            NEXT,
            "location = /topics/news/stream { return 301 https://$host:1$request_uri; }
            location @later {",
        )],
        wrong: &["redirects", "token"],
    },
    Row {
        name: "redirect of the mint",
        changes: &[(
            NEXT,
            "location = /topics/news/stream-token { return 301 $uri/; } location @later {",
        )],
        wrong: &["redirects"],
    },
    Row {
        name: "cache headers",
        changes: &[(LINE, "expires 1h;")],
        wrong: &["caching"],
    },
    Row {
        name: "no CORS headers",
        changes: &[(LINE, "proxy_hide_header Access-Control-Allow-Origin;")],
        wrong: &["cors"],
    },
    Row {
        name: "no preflights",
        changes: &[(LINE, "if ($request_method = OPTIONS) { return 405; }")],
        wrong: &["cors"],
    },
    Row {
        name: "no referrer policy",
        changes: &[(LINE, "proxy_hide_header Referrer-Policy;")],
        wrong: &["token"],
    },
    Row {
        name: "error page with the URL",
        changes: &[(
            "error_page 502 504 = @later;\n}",
            "proxy_intercept_errors on;
            error_page 401 = @refused;
            }
            location @refused { return 401 'no stream at $request_uri'; }",
        )],
        wrong: &["token"],
    },
    Row {
        name: "prefix cut",
        changes: &[(LINE, "rewrite ^/topics/news/stream$ /news/stream break;")],
        wrong: &["status"],
    },
    Row {
        name: "another content type",
        changes: &[(
            LINE,
            "proxy_hide_header Content-Type; add_header Content-Type text/plain;",
        )],
        wrong: &["status"],
    },
];

#[tokio::test]
async fn each_fault_of_nginx_is_found_and_no_other() {
    check_all(Kind::Nginx, ROWS).await;
}

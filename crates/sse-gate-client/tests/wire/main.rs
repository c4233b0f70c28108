//! Both transports against a server over sockets that answers by a script.
//!
//! Each function in `claims` is a claim. The list at the end makes every claim a test of every
//! transport.

#![cfg(all(feature = "hyper", feature = "reqwest"))]

mod claims;
mod client;
mod server;

/// The claims as tests of both transports.
macro_rules! claims {
    ($($claim:ident)*) => {
        mod hyper {
            $(#[tokio::test]
            async fn $claim() {
                let transport = sse_gate_client::HyperTransport::new();
                crate::claims::$claim(transport.expect("there are roots")).await;
            })*
        }

        mod reqwest {
            $(#[tokio::test]
            async fn $claim() {
                let transport = sse_gate_client::ReqwestTransport::new();
                crate::claims::$claim(transport.expect("TLS can be set up")).await;
            })*
        }
    };
}

claims! {
    a_server_that_fails_for_a_while_is_asked_again
    retry_after_is_obeyed
    no_content_ends_the_stream
    an_event_that_is_cut_comes_again_whole
    a_redirect_within_the_origin_is_followed
    a_redirect_to_another_origin_gets_no_request
    redirects_in_a_circle_end
    a_page_is_not_a_stream
    no_compression_is_asked_for_and_none_is_taken
    silence_ends_a_connection
    a_refused_bearer_is_replaced_once
    a_mint_that_redirects_gets_no_bearer_elsewhere
    a_mint_can_not_lead_to_another_origin
    dropping_the_stream_closes_the_connection
    errors_and_debug_output_hold_no_credential
    a_declared_end_ends_the_stream_and_an_undeclared_one_does_not
    an_event_that_is_too_large_ends_the_stream
    the_limit_of_attempts_ends_the_stream
}

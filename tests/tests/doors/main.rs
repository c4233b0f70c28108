//! The three doors to a stream, and how all of them close, on axum, hyper and warp and over sockets:
//! callers with a credential of their own, revocation, shutdown.
//!
//! Each function in the other files is a claim. The list at the end makes it a test on every
//! framework.

mod axum_server;
mod bearer;
#[path = "../../../examples/warp/src/convert.rs"]
mod convert;
mod hyper_server;
mod number;
mod revoke;
mod service;
mod shutdown;
mod warp_server;

/// The claims as tests on one framework.
macro_rules! on {
    ($name:ident, $framework:ident: $($file:ident { $($claim:ident)* })*) => {
        mod $name {
            $(mod $file {
                $(
                    #[tokio::test]
                    async fn $claim() {
                        crate::$file::$claim(crate::service::Framework::$framework).await;
                    }
                )*
            })*
        }
    };
}

macro_rules! claims {
    ($($claims:tt)*) => {
        on!(on_axum, Axum: $($claims)*);
        on!(on_hyper, Hyper: $($claims)*);
        on!(on_warp, Warp: $($claims)*);
    };
}

claims! {
    bearer {
        a_caller_opens_a_stream_with_nothing_in_its_url
        a_caller_opens_a_strict_stream
        a_caller_goes_on_and_misses_nothing
        a_post_reaches_its_handler_whole
        a_token_beside_a_bearer_is_one_credential_too_many
        an_id_of_another_user_counts_for_nothing
        an_id_of_another_stream_counts_for_nothing
        without_a_good_credential_there_is_no_stream
    }
    number {
        a_caller_begins_behind_a_number
        what_a_caller_misses_is_said_first
        a_number_beside_a_token_means_nothing
    }
    revoke {
        all_that_a_user_has_ends_at_once
        a_caller_that_was_revoked_may_come_back_with_a_good_credential
        a_token_that_is_being_taken_opens_nothing
    }
    shutdown {
        a_server_with_open_streams_stops
        clients_that_can_come_back_are_told_when
        a_stream_that_is_opened_during_a_shutdown_ends_too
    }
}

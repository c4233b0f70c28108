//! The demo's HTTP endpoints: each takes parts of a request and gives a response, in `http`'s
//! types. Which request goes where is the frameworks' business.
//!
//! | request | answered by |
//! |---|---|
//! | `GET /`, `GET /assets/…` | [`Demo::page`] |
//! | `GET /healthz` | [`Demo::healthz`] |
//! | `GET /readyz` | [`Demo::readyz`] |
//! | `GET /metrics` | [`Demo::metrics`] |
//! | `POST /demo/login` | [`Demo::login`] |
//! | `POST /demo/logout` | [`Demo::logout`] |
//! | `POST /generations` | [`Demo::start`] |
//! | `GET /generations/{id}` | [`Demo::generation`] |
//! | `DELETE /generations/{id}` | [`Demo::cancel`] |
//! | `POST /generations/generate/{id}/stream-token` | [`Demo::mint`] |
//! | `GET /generations/generate/{id}/stream` | [`Demo::stream`], behind [`Demo::gate_layer`] |
//! | `POST /api/chat/stream/initiate` | [`Demo::chat_mint`] |
//! | `GET /api/chat/stream/{stream_id}` | [`Demo::chat`], behind [`Demo::chat_gate_layer`] |
//! | `POST /api/chat/stream/{stream_id}/stop` | [`Demo::stop_chat`] |
//! | `POST /topics/{topic}/stream-token` | [`Demo::topic_mint`] |
//! | `GET /topics/{topic}/stream` | [`Demo::feed`], behind [`Demo::topic_gate_layer`] |
//! | `POST /topics/{topic}/publish` | [`Demo::publish`] |
//! | `POST /demo/drop` | [`Demo::drop_connection`] |

mod body;
mod chat;
mod connections;
mod demo;
mod ending;
mod feed;
mod generations;
mod latest;
mod mint;
mod pages;
mod reply;
mod storage;
mod stream;

pub use self::body::BoxError;
pub use self::demo::{Demo, SetupError};
pub use self::stream::{Events, ProgressStream};

use bytes::Bytes;
use http_body_util::Full;

/// A response whose body is there from the start.
pub type Response = http::Response<Full<Bytes>>;

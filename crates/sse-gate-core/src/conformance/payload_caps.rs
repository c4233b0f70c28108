//! Laws of the size of payloads. C15, C16

use super::operations::{insert, refuse_at};
use super::sample::TTL;
use super::{Backend, Sample};
use crate::{Cap, Limits};

/// Payloads are capped in three ways, and each refusal names its cap.
pub fn payloads_are_capped_one_by_one_by_subject_and_in_all<B: Backend>(backend: &B) {
    backend.block_on(async {
        let limits = Limits::default()
            .with_payload(100)
            .with_payload_bytes_per_subject(150)
            .with_payload_bytes(250);
        let store = backend.store(limits).await;
        refuse_at(&store, Sample::of("alice", 101), [Cap::PayloadPerToken]).await;
        insert(&store, Sample::of("alice", 100), TTL).await;
        refuse_at(&store, Sample::of("alice", 51), [Cap::PayloadPerSubject]).await;
        insert(&store, Sample::of("alice", 50), TTL).await;
        insert(&store, Sample::of("bob", 100), TTL).await;
        refuse_at(&store, Sample::of("carol", 2), [Cap::PayloadInAll]).await;
        insert(&store, Sample::of("carol", 0), TTL).await;
    });
}

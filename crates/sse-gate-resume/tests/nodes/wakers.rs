//! A task may end with its last waker, and the code of its end may call anything: no lock is held then.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};

use bytes::BytesMut;
use pollster::block_on;
use sse_gate_codec::Event;
use sse_gate_resume::backend::{Bus, MemoryBus, NodeId, Notice};
use sse_gate_resume::{CloseReason, Subscription};

use crate::cluster::{Cluster, MAX_SILENCE};
use crate::support::{Stage, append, in_time, last_word, token};

fn poll(connection: &mut Subscription, waker: &Waker) -> bool {
    let mut cx = Context::from_waker(waker);
    let polled = connection.poll_write(&mut cx, &mut BytesMut::new());
    polled.is_pending()
}

/// A connection moves from one task to another, and the end of the first one closes its session.
#[test]
fn the_task_of_a_connection_ends_without_a_lock() {
    in_time(|| {
        let stage = Stage::default();
        let log = stage.log();
        let mut client = stage.alice(&log);
        client.read();
        let mut connection = client.connection.take().unwrap();
        let (sessions, writer) = (stage.sessions.clone(), log.clone());
        let first = last_word(move || {
            append(&writer, "late");
            block_on(sessions.close(token(1), CloseReason::Revoked)).unwrap();
        });
        assert!(poll(&mut connection, &first));
        drop(first);
        poll(&mut connection, Waker::noop());
        assert!(stage.store.is_empty());
    });
}

/// The same when only the log still knows the first task: its node has woken it, as it hears the others again.
#[test]
fn the_task_of_a_reader_ends_without_a_lock() {
    in_time(|| {
        let cluster = Cluster::new();
        let one = cluster.node(1);
        let log = Stage::default().log();
        let mut client = one.alice(&log);
        client.read();
        let mut connection = client.connection.take().unwrap();
        let sessions = one.sessions.clone();
        let first = last_word(move || {
            block_on(sessions.close(token(1), CloseReason::Revoked)).unwrap();
        });
        assert!(poll(&mut connection, &first));
        drop(first);
        cluster.bus.is_deaf.store(true, Ordering::Relaxed);
        cluster.executor.run_for(MAX_SILENCE);
        assert!(!one.sessions.is_connected());
        cluster.bus.is_deaf.store(false, Ordering::Relaxed);
        cluster.executor.run_for(MAX_SILENCE * 2);
        assert!(one.sessions.is_connected() && !one.store.is_empty());
        poll(&mut connection, Waker::noop());
        assert!(one.store.is_empty());
    });
}

/// A page is read by one task, then by another. The end of the first one appends.
#[test]
fn the_task_of_a_page_ends_without_a_lock() {
    in_time(|| {
        let log = Stage::default().log();
        let (mut reader, mut page) = (log.reader(), sse_gate_resume::backend::Page::default());
        let writer = log.clone();
        let first = last_word(move || drop(block_on(writer.append(&Event::new().data("late")))));
        let polled = reader.poll_read(0, &mut page, &mut Context::from_waker(&first));
        assert!(polled.is_pending());
        drop(first);
        let mut cx = Context::from_waker(Waker::noop());
        assert!(reader.poll_read(0, &mut page, &mut cx).is_pending());
        assert_eq!(log.bounds().last, 1);
    });
}

/// The same for a writer that waits.
#[test]
fn the_task_of_a_writer_ends_without_a_lock() {
    in_time(|| {
        let log = Stage::default().log();
        let _reader = log.reader();
        let ended = Arc::<AtomicUsize>::default();
        for waits_for_readers in [false, true] {
            let (counted, seen) = (Arc::clone(&ended), log.clone());
            let first = last_word(move || {
                counted.fetch_add(seen.readers(), Ordering::Relaxed);
            });
            let waits = |waker: &Waker| {
                let mut cx = Context::from_waker(waker);
                if waits_for_readers {
                    log.poll_deserted(&mut cx).is_pending()
                } else {
                    log.poll_stopped(&mut cx).is_pending()
                }
            };
            assert!(waits(&first));
            drop(first);
            assert!(waits(Waker::noop()));
        }
        assert_eq!(ended.load(Ordering::Relaxed), 2);
    });
}

/// The same for a subscriber of the bus.
#[test]
fn the_task_of_a_subscriber_ends_without_a_lock() {
    in_time(|| {
        let bus = MemoryBus::default();
        let mut notices = block_on(bus.subscribe()).unwrap();
        let notice = Notice::Probe {
            listener: NodeId::NONE,
            number: 1,
        };
        let first = last_word(move || block_on(bus.publish(notice)).unwrap());
        let polled = notices.poll_next(&mut Context::from_waker(&first));
        assert!(polled.is_pending());
        drop(first);
        let mut cx = Context::from_waker(Waker::noop());
        assert!(notices.poll_next(&mut cx).is_pending());
        assert_eq!(notices.poll_next(&mut cx), Poll::Ready(Some(notice)));
    });
}

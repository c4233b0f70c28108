//! How many connections are open: [`Caps`].

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Counts connections, in all and by peer.
#[derive(Clone, Debug)]
pub(crate) struct Caps {
    all: Arc<Semaphore>,
    by_peer: Arc<Peers>,
}

#[derive(Debug)]
struct Peers {
    max: usize,
    open: Mutex<HashMap<IpAddr, usize>>,
}

/// A connection that counts until this is dropped.
#[derive(Debug)]
pub(crate) struct Counted {
    _permit: OwnedSemaphorePermit,
    peer: IpAddr,
    peers: Arc<Peers>,
}

impl Caps {
    pub(crate) fn new(max: usize, max_per_peer: usize) -> Self {
        Self {
            all: Arc::new(Semaphore::new(max.min(Semaphore::MAX_PERMITS))),
            by_peer: Arc::new(Peers {
                max: max_per_peer,
                open: Mutex::default(),
            }),
        }
    }

    /// Waits until there is room for one more connection.
    pub(crate) async fn room(&self) -> Option<OwnedSemaphorePermit> {
        // It is never closed.
        Arc::clone(&self.all).acquire_owned().await.ok()
    }

    /// Counts a connection of this peer, which has a place among all. `None` if the peer has too many.
    pub(crate) fn count(&self, permit: OwnedSemaphorePermit, peer: IpAddr) -> Option<Counted> {
        let peer = network(peer);
        let mut open = self.by_peer.lock();
        let own = open.entry(peer).or_insert(0);
        if *own >= self.by_peer.max {
            return None;
        }
        *own += 1;
        Some(Counted {
            _permit: permit,
            peer,
            peers: Arc::clone(&self.by_peer),
        })
    }
}

/// Who is counted as one peer: an address of IPv4, or the 64 bits of IPv6 that one customer of a provider has at least
/// (RFC 6177 §2).
fn network(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        v4 @ IpAddr::V4(_) => v4,
    }
}

impl Peers {
    fn lock(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut open = self.peers.lock();
        if let Some(own) = open.get_mut(&self.peer) {
            *own -= 1;
            if *own == 0 {
                open.remove(&self.peer);
                // Room for twice the peers stays, so they are moved only when many others have gone.
                if open.capacity() > 128 && open.len() < open.capacity() / 4 {
                    let room = 2 * open.len();
                    open.shrink_to(room);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    #[test]
    fn a_peer_is_an_address_or_its_network() {
        for (one, other, is_same) in [
            ("192.0.2.1", "192.0.2.2", false),
            ("192.0.2.1", "::ffff:192.0.2.1", true),
            ("2001:db8::1", "2001:db8::ffff:0:1", true),
            ("2001:db8::1", "2001:db8:0:1::1", false),
        ] {
            let [one, other] = [one, other].map(|text| network(text.parse().unwrap()));
            assert_eq!(one == other, is_same, "{one} and {other}");
        }
    }

    #[tokio::test]
    async fn connections_count_until_they_end() {
        let caps = Caps::new(3, 2);
        let [one, two] = [1, 2].map(|last| IpAddr::from(Ipv4Addr::new(127, 0, 0, last)));
        let first = caps.count(caps.room().await.unwrap(), one);
        let second = caps.count(caps.room().await.unwrap(), one);
        assert!(first.is_some() && second.is_some());
        assert!(caps.count(caps.room().await.unwrap(), one).is_none());
        let other = caps.count(caps.room().await.unwrap(), two);
        assert!(other.is_some(), "another peer has its own count");
        assert_eq!(caps.all.available_permits(), 0);

        drop(first);
        assert_eq!(caps.all.available_permits(), 1);
        assert!(caps.count(caps.room().await.unwrap(), one).is_some());
        drop((second, other));
        assert!(
            caps.by_peer.lock().is_empty(),
            "nothing is kept of peers that are gone"
        );
    }

    #[tokio::test]
    async fn room_is_given_back_when_peers_have_gone() {
        let caps = Caps::new(1_000, 1);
        let mut open = Vec::new();
        for peer in 0..1_000 {
            let room = caps.room().await.unwrap();
            open.push(caps.count(room, Ipv4Addr::from_bits(peer).into()).unwrap());
        }
        assert!(caps.by_peer.lock().capacity() >= 1_000);
        drop(open);
        assert!(caps.by_peer.lock().capacity() <= 128);
    }
}

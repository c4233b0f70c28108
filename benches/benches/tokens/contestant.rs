//! Whoever issues tickets and takes them back: [`Tickets`], in a steady state: [`Churn`].

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// A way of issuing tickets that open one stream each.
pub(crate) trait Tickets {
    /// What a client is given.
    type Ticket;

    /// Issues a ticket to the `n`th subject.
    fn mint(&self, n: usize) -> Self::Ticket;

    /// Takes a ticket that is good.
    fn redeem(&self, ticket: Self::Ticket);
}

/// Tickets of which always the same number is live: for each that is redeemed, any of them, one
/// is issued.
pub(crate) struct Churn<T: Tickets> {
    tickets: T,
    live: Vec<T::Ticket>,
    random: StdRng,
    next: usize,
}

impl<T: Tickets> Churn<T> {
    pub(crate) fn new(tickets: T, live: usize) -> Self {
        Self {
            live: (0..live).map(|n| tickets.mint(n)).collect(),
            tickets,
            random: StdRng::seed_from_u64(7),
            next: live,
        }
    }

    /// Issues one and redeems another.
    pub(crate) fn turn(&mut self) {
        let at = self.random.random_range(0..self.live.len());
        let minted = self.tickets.mint(self.next);
        self.next += 1;
        let shown = std::mem::replace(&mut self.live[at], minted);
        self.tickets.redeem(shown);
    }
}

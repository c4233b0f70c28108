//! What must not be seen again: [`Purse`].

use sse_gate_tests::{Secrets, Server, jwt};

use crate::choice::Choice;

/// Tokens that open streams, ids that go on with them, and JWTs: all of them good as long as
/// nobody has used them.
#[derive(Default)]
pub(crate) struct Purse {
    /// Targets of streams, with their tokens.
    pub(crate) streams: Vec<String>,
    /// Their tokens.
    pub(crate) tokens: Vec<String>,
    /// A target that a stream was opened at, and the id to go on with.
    pub(crate) resumes: Vec<(String, String)>,
    pub(crate) jwts: Vec<String>,
    /// Paths of generations.
    pub(crate) generations: Vec<String>,
    pub(crate) secrets: Secrets,
}

impl Purse {
    /// Fills it, with something of every kind of stream.
    pub(crate) async fn fill(server: &Server) -> Self {
        let mut purse = Self::default();
        purse.secrets.plant(jwt::SECRET);
        for number in 0..12 {
            let user = server.user(&format!("user-{number}"));
            purse.secrets.plant_jwt(&user.jwt);
            purse.jwts.push(user.jwt.clone());
            let id = user.start().await;
            purse.generations.push(format!("/generations/{id}"));
            for _ in 0..4 {
                let minted = user.mint(&id).await;
                purse.add(minted.target(), minted.token);
            }
            for round in 0..6 {
                let ticket = match round % 2 {
                    0 => user.ask_chat("what is a token?").await,
                    _ => user.join(&format!("topic-{number}")).await,
                };
                if round < 4 {
                    purse.add(ticket.target, ticket.token);
                    continue;
                }
                let mut stream = server.open(&ticket.request()).await;
                let id = stream.next().await.and_then(|opened| opened.id);
                let id = id.expect("sse.open has an id");
                purse.secrets.plant_token(&ticket.token);
                purse.secrets.plant_resume_id(&id);
                purse.resumes.push((ticket.target, id));
            }
        }
        purse
    }

    fn add(&mut self, target: String, token: String) {
        self.secrets.plant_token(&token);
        self.streams.push(target);
        self.tokens.push(token);
    }

    /// The target of a stream, token and all.
    pub(crate) fn stream(&self, choice: &mut Choice) -> &str {
        &self.streams[choice.below(self.streams.len())]
    }

    /// A token.
    pub(crate) fn token(&self, choice: &mut Choice) -> &str {
        &self.tokens[choice.below(self.tokens.len())]
    }

    /// A target and the id to go on with.
    pub(crate) fn resume(&self, choice: &mut Choice) -> (&str, &str) {
        let (target, id) = &self.resumes[choice.below(self.resumes.len())];
        (target, id)
    }

    /// A JWT.
    pub(crate) fn jwt(&self, choice: &mut Choice) -> &str {
        &self.jwts[choice.below(self.jwts.len())]
    }
}

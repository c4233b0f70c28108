//! Starts generations and keeps them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::shelf::Shelf;
use super::turns::Turns;
use super::{Generation, GenerationId, Limits, NodeDigit, Pace, StartError, work};
use crate::infer::{Sample, TypeName};
use crate::users::UserId;

/// All generations. Clones are the same registry.
#[derive(Debug, Clone)]
pub struct Generations(Arc<Registry>);

#[derive(Debug)]
struct Registry {
    limits: Limits,
    pace: Pace,
    node: Option<NodeDigit>,
    threads: Turns,
    shelf: Mutex<Shelf>,
}

impl Generations {
    /// An empty registry.
    pub fn new(limits: Limits, pace: Pace) -> Self {
        Self::of_node(limits, pace, None)
    }

    /// An empty registry, whose ids begin with this digit, if there is one.
    pub fn of_node(limits: Limits, pace: Pace, node: Option<NodeDigit>) -> Self {
        let threads = Turns::new(limits.computing);
        Self(Arc::new(Registry {
            limits,
            pace,
            node,
            threads,
            shelf: Mutex::default(),
        }))
    }

    /// Starts a generation of Rust types from a JSON sample, its root type called `name` (`Root`
    /// if there is none).
    ///
    /// The sample is checked here, which takes a few milliseconds for the longest. All else happens
    /// in the background.
    ///
    /// # Panics
    ///
    /// Outside of a Tokio runtime.
    pub fn start(
        &self,
        owner: &UserId,
        source: String,
        name: Option<&str>,
    ) -> Result<GenerationId, StartError> {
        let name = name.map(TypeName::new).transpose()?.unwrap_or_default();
        let sample = Sample::new(source)?;
        let id = GenerationId::random(self.0.node)?;
        let bytes = sample.as_str().len();
        let generation = Generation::new(id.clone(), owner.clone(), name, bytes);
        self.shelf().add(generation.clone(), &self.0.limits)?;
        tokio::spawn(work::run(
            generation,
            sample,
            self.0.pace,
            self.0.threads.clone(),
        ));
        Ok(id)
    }

    /// The generation with this id. Whether the one who asks is its [owner](Generation::owner) is
    /// for the caller to check.
    pub fn get(&self, id: &str) -> Option<Generation> {
        self.shelf().get(id).cloned()
    }

    /// Asks all generations to stop: a server that shuts down need not wait for their threads.
    pub fn cancel_all(&self) {
        self.shelf().all().for_each(Generation::cancel);
    }

    /// The shelf, without what has been kept long enough.
    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        let mut kept = self.0.shelf.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retire_old(&self.0.limits, Instant::now());
        kept
    }
}

/// The default [`Limits`], at full speed.
impl Default for Generations {
    fn default() -> Self {
        Self::new(Limits::default(), Pace::default())
    }
}

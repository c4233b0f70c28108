//! The state under a prefix: [`StateId`] names it, [`StateKeys`] seal what is in it.

use redis::Value;
use sse_gate_seal::{IndexKey, Realm, Sealer, TagIndex};

use super::call::Script;
use super::link::Server;
use super::run::RunId;
use crate::fault::Fault;
use crate::keyspace::Keyspace;
use crate::{RedisOptions, ServerErrorKind};

static STATE: Script = Script::new(include_str!("state.lua"));
static RESEAL: Script = Script::new(include_str!("reseal.lua"));

/// The kind of store, for which the keys are derived.
const KIND: &str = "redis";

/// Names a state. After the server has lost its data, there is another one. Every script that reads or changes
/// what is counted compares it, so that no node works with keys of a state that is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StateId([u8; 16]);

impl StateId {
    pub(crate) fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

/// What seals the values of a state, and what makes its tags.
#[derive(Debug)]
pub(crate) struct StateKeys {
    pub(crate) id: StateId,
    pub(crate) sealer: Sealer,
    pub(crate) tags: TagIndex,
}

impl StateKeys {
    /// Finds the state, or begins it. The index key shows whether the keys are the right ones.
    pub(super) async fn load(
        server: &Server<()>,
        keyspace: &Keyspace,
        options: &RedisOptions,
        known: Option<Known>,
    ) -> Result<Self, Fault> {
        let new = Self::draw(options)?;
        let begin = STATE
            .call()
            .key(keyspace.shared("state"))
            .bytes(&new.id.0)
            .bytes(new.realm.name())
            .bytes(&new.index_key)
            .bytes(known.as_ref().map_or(&[][..], |known| &known.state.0))
            .number(u8::from(known.is_some_and(|known| known.run != server.run)));
        let found: [Vec<u8>; 3] = read(server.run(begin).await?)?;
        let [id, name, index_key] = found;
        let fixed = |_| Fault::from(ServerErrorKind::Foreign);
        let id = StateId(id.try_into().map_err(fixed)?);
        let realm = Realm::new(KIND, name.try_into().map_err(fixed)?);
        let sealer = sealer(options, &realm);
        let wrong = |error| Fault::because(ServerErrorKind::WrongKeys, error);
        let index_key = IndexKey::open(&sealer, &index_key).map_err(wrong)?;
        let reseal = RESEAL
            .call()
            .key(keyspace.shared("state"))
            .bytes(&id.0)
            .bytes(&index_key.seal(&sealer)?);
        server.run(reseal).await?;
        Ok(Self {
            id,
            sealer,
            tags: index_key.into_index(),
        })
    }

    fn draw(options: &RedisOptions) -> Result<NewState, Fault> {
        let mut random = [0; 32];
        options.entropy.fill(&mut random)?;
        let realm = Realm::draw(KIND, &*options.entropy)?;
        let index_key = IndexKey::draw(&*options.entropy)?.seal(&sealer(options, &realm))?;
        Ok(NewState {
            id: StateId(std::array::from_fn(|at| random[at])),
            realm,
            index_key,
        })
    }
}

/// What a node has seen before: if it is another state now, or another run of the server, withdrawals may be lost.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    pub(super) run: RunId,
    pub(super) state: StateId,
}

/// A state that is begun if there is none.
struct NewState {
    id: StateId,
    realm: Realm,
    index_key: Vec<u8>,
}

fn sealer(options: &RedisOptions, realm: &Realm) -> Sealer {
    let entropy = std::sync::Arc::clone(&options.entropy);
    Sealer::new(options.keys.as_ref(), realm, entropy)
}

fn read<const N: usize>(value: Value) -> Result<[Vec<u8>; N], Fault> {
    let fields: Vec<Vec<u8>> = redis::from_redis_value(value).map_err(redis::RedisError::from)?;
    fields
        .try_into()
        .map_err(|_| ServerErrorKind::Foreign.into())
}

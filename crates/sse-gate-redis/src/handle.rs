//! A server, opened: [`Redis`].

use std::sync::Arc;

use sse_gate_resume::backend::{LogWindows, NodeId};

use crate::fault::Fault;
use crate::server::Link;
use crate::{RedisOptions, ServerError};

/// A Redis or Valkey server, of version 6.2 or newer. Clones share the connection.
///
/// It has one connection, over which all operations go. If the connection breaks, the next operation begins
/// another one. Operations that were under way then fail, and are not repeated: a token that was perhaps taken
/// counts as taken.
#[derive(Clone, Debug)]
pub struct Redis {
    shared: Arc<Shared>,
}

/// What all stores on a server share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) link: Link,
    pub(crate) node: NodeId,
    pub(crate) windows: LogWindows,
}

impl Redis {
    /// Connects to the server at an address such as `redis://user:password@host:6379/0`, and checks whether it is
    /// fit to be used. The answer names what is not.
    ///
    /// Call it in a tokio runtime: the connection belongs to that.
    pub async fn connect(address: &str, options: RedisOptions) -> Result<Self, ServerError> {
        let node = draw_node(&options)?;
        let link = Link::new(address, options)?;
        link.server().await?;
        let shared = Arc::new(Shared {
            link,
            node,
            windows: LogWindows::default(),
        });
        crate::nodes::begin(&shared).await?;
        Ok(Self { shared })
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }
}

fn draw_node(options: &RedisOptions) -> Result<NodeId, Fault> {
    let mut random = [0; 32];
    options.entropy.fill(&mut random)?;
    Ok(NodeId::from_bytes(std::array::from_fn(|at| random[at])))
}

//! What the server says of itself: [`Stats`], and what changed in between: [`Change`].

use std::collections::BTreeMap;

use redis::Connection;

use crate::scene::Scene;

/// The bytes of the command `INFO all`, as they are sent.
const REQUEST: usize = 23;

/// A connection that asks for all that the server counts.
pub(crate) struct Stats(Connection);

impl Stats {
    pub(crate) fn of(scene: &Scene) -> Self {
        let connection = scene.client().get_connection();
        Self(connection.expect("the server answers"))
    }

    pub(crate) fn read(&mut self) -> Reading {
        let info: String = redis::cmd("INFO")
            .arg("all")
            .query(&mut self.0)
            .expect("an answer");
        let fields = info.lines().filter_map(|line| {
            let (name, value) = line.split_once(':')?;
            Some((name.to_owned(), value.trim().to_owned()))
        });
        Reading {
            length: info.len(),
            fields: fields.collect(),
        }
    }

    /// The server's processor time since it was started, in seconds.
    pub(crate) fn processor(&mut self) -> f64 {
        let reading = self.read();
        reading.number("used_cpu_user") + reading.number("used_cpu_sys")
    }

    /// The memory that is in use now, without buffers of connections.
    pub(crate) fn memory(&mut self) -> f64 {
        let reading = self.read();
        let clients = reading.number("mem_clients_normal");
        reading.number("used_memory") - clients
    }
}

/// What the server said.
pub(crate) struct Reading {
    length: usize,
    fields: BTreeMap<String, String>,
}

impl Reading {
    fn number(&self, name: &str) -> f64 {
        let value = self.fields.get(name).and_then(|value| value.parse().ok());
        value.unwrap_or_else(|| panic!("{name} is a number"))
    }

    fn calls(&self) -> BTreeMap<&str, f64> {
        let calls = self.fields.iter().filter_map(|(name, value)| {
            let calls = value.strip_prefix("calls=")?.split(',').next()?;
            Some((name.strip_prefix("cmdstat_")?, calls.parse().ok()?))
        });
        calls.filter(|(name, _)| *name != "info").collect()
    }

    /// What changed since an earlier reading on the same connection, without what the readings took themselves.
    pub(crate) fn since(&self, before: &Self) -> Change {
        let earlier = before.calls();
        let commands = self.calls().into_iter().map(|(name, calls)| {
            let more = calls - earlier.get(name).copied().unwrap_or(0.0);
            (name.to_owned(), more)
        });
        let grown = |name| self.number(name) - before.number(name);
        // The earlier answer went out after it was made: `$`, its length, and three ends of lines around its text.
        let answer = 1 + before.length.to_string().len() + 2 + before.length + 2;
        Change {
            commands: commands.filter(|(_, more)| *more > 0.0).collect(),
            bytes_to: grown("total_net_input_bytes") - REQUEST as f64,
            bytes_from: grown("total_net_output_bytes") - answer as f64,
        }
    }
}

/// What was done between two readings.
pub(crate) struct Change {
    /// How often each command was called, in scripts too.
    pub(crate) commands: BTreeMap<String, f64>,
    pub(crate) bytes_to: f64,
    pub(crate) bytes_from: f64,
}

impl Change {
    /// How many calls of scripts came over connections.
    pub(crate) fn scripts(&self) -> f64 {
        let calls = ["evalsha", "eval"].map(|name| self.commands.get(name).copied().unwrap_or(0.0));
        calls.iter().sum()
    }

    /// How many commands there were besides.
    pub(crate) fn others(&self) -> f64 {
        self.commands.values().sum::<f64>() - self.scripts()
    }
}

//! A resume id taken apart by hand: [`parts`].

/// What an id says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Parts<'a> {
    pub(crate) kid: &'a str,
    pub(crate) session: &'a str,
    pub(crate) generation: u64,
    pub(crate) tag: &'a str,
    pub(crate) seq: u64,
}

/// Takes an id apart; it panics if it isn't made as it should.
pub(crate) fn parts(id: &str) -> Parts<'_> {
    assert!(id.len() <= 74, "{id}");
    let pieces: Vec<_> = id.split('.').collect();
    let [scheme, kid, session, generation, tag, seq] = pieces[..] else {
        panic!("an id has six parts: {id}");
    };
    assert_eq!((scheme, kid.len()), ("sser1", 1), "{id}");
    assert_eq!((session.len(), tag.len()), (22, 22), "{id}");
    Parts {
        kid,
        session,
        generation: base36(generation),
        tag,
        seq: base36(seq),
    }
}

fn base36(text: &str) -> u64 {
    u64::from_str_radix(text, 36).unwrap()
}

impl Parts<'_> {
    /// The id with another sequence: its holder can make it.
    pub(crate) fn moved_to(self, seq: u64) -> String {
        let Self {
            kid,
            session,
            generation,
            tag,
            ..
        } = self;
        let (generation, seq) = (in_base36(generation), in_base36(seq));
        format!("sser1.{kid}.{session}.{generation}.{tag}.{seq}")
    }
}

fn in_base36(number: u64) -> String {
    let digit = char::from_digit(u32::try_from(number % 36).unwrap(), 36).unwrap();
    match number / 36 {
        0 => digit.to_string(),
        rest => in_base36(rest) + &digit.to_string(),
    }
}

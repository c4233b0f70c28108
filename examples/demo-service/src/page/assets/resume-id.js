// The ids of resumable streams: `sser1.<kid>.<sid>.<generation>.<tag>.<seq>`.
//
// An id is the right to go on, so the page shows its two secret parts by their first letters only.

const ID = /^sser1\.([^.]+)\.([^.]+)\.([0-9a-z]+)\.([^.]+)\.([0-9a-z]+)$/;

/** An id taken apart, with what is secret shortened; null if it is none. */
export function readResumeId(text) {
  const match = ID.exec(text);
  if (!match) return null;
  const [, key, session, generation, tag, seq] = match;
  return {
    key,
    session: shorten(session),
    generation: Number.parseInt(generation, 36),
    tag: shorten(tag),
    seq: Number.parseInt(seq, 36),
  };
}

/** The beginning of a credential, enough to tell it from another. */
export function shorten(secret, letters = 4) {
  return `${secret.slice(0, letters)}…`;
}

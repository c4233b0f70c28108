// Where an event stands in its stream.

const RESUME_ID = /^sser1\..*\.([0-9a-z]+)$/;

/**
 * The position that an id stands for: the number in the id of a session, and any other id as it is. The
 * id of a session is a credential, and its number is not.
 */
export function positionOf(lastEventId: string): string {
  const sequence = RESUME_ID.exec(lastEventId)?.[1];
  return sequence ? parseInt(sequence, 36) + "" : lastEventId;
}

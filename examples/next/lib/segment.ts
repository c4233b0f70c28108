// Values in the paths of the backend.

/**
 * A value as one segment of a path. `.` and `..` would lead to another path: they become `-`, which
 * names nothing.
 */
export function segment(value: string): string {
  return /^\.\.?$/.test(value) ? "-" : encodeURIComponent(value);
}

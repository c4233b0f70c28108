// The data of an event that should be a JSON object.

/** The object; null if the text is no JSON, or none of an object. Its members are not checked. */
export function objectOf<T extends object>(text: string): T | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" ? (value as T | null) : null;
  } catch {
    return null;
  }
}

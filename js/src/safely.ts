// Handlers of the page.

/** Calls a handler. What it throws is reported as the handler's, and does not end the stream. */
export function safely(call: () => void): void {
  try {
    call();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

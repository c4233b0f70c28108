// What the page of an example has of its own.

declare const session: { accessToken: string };

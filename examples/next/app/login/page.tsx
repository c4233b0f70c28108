// The login. It is a plain form: no script of this page ever has the password, or the JWT.

import type { Metadata } from "next";

export const metadata: Metadata = { title: "Sign in" };

/** A map, as anyone can make a link with any word in it. */
const WORDS = new Map([
  ["401", "The user name or the password is wrong."],
  ["429", "There were too many attempts. Try again in a minute."],
  ["502", "The server gives no answer. Try again later."],
]);

type Props = { searchParams: Promise<{ error?: string | string[] }> };

export default async function LoginPage({ searchParams }: Props) {
  const { error } = await searchParams;
  return (
    <section className="panel narrow" aria-labelledby="title">
      <h1 id="title">Sign in</h1>
      <p className="muted">
        The users of the demo are <code>alice</code> and <code>bob</code>. Both have the password{" "}
        <code>demo</code>.
      </p>
      {error && (
        <p className="notice" role="alert">
          {WORDS.get(String(error)) ?? "Signing in failed. Try again later."}
        </p>
      )}
      <form className="fields" action="/api/login" method="post">
        <label htmlFor="username">User name</label>
        <input id="username" name="username" autoComplete="username" required autoFocus />
        <label htmlFor="password">Password</label>
        <input
          id="password"
          name="password"
          type="password"
          autoComplete="current-password"
          required
        />
        <button className="primary">Sign in</button>
      </form>
    </section>
  );
}

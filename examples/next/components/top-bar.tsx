// The bar at the top: where one can go, and who is signed in.

import { NavLink } from "./nav-link";

export function TopBar({ user }: { user: string | null }) {
  return (
    <header className="top">
      <div className="top-inner">
        <span className="brand">
          <img src="/icon.svg" alt="" width={28} height={28} />
          sse-gate
        </span>
        {user && (
          <>
            <nav aria-label="Pages">
              <NavLink href="/generations">Generate</NavLink>
              <NavLink href="/chat">Chat</NavLink>
            </nav>
            <form className="account" action="/api/logout" method="post">
              <span className="user">{user}</span>
              <button className="quiet">Sign out</button>
            </form>
          </>
        )}
      </div>
    </header>
  );
}

// Signing in and out.

import { byId, notice } from "./view.js";

export class SessionPanel {
  #api;
  #activity;
  #onChange;

  /** `onChange(signedIn)` hears of every change. */
  constructor(api, activity, onChange) {
    this.#api = api;
    this.#activity = activity;
    this.#onChange = onChange;
    api.onExpired = () => this.#expired();
    byId("sign-in-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#signIn(byId("username").value, byId("password").value);
    });
    byId("sign-out").addEventListener("click", () => this.#signOut());
    this.#show(null);
  }

  async #signIn(username, password) {
    const button = byId("sign-in");
    button.disabled = true;
    try {
      const { expires_in } = await this.#api.signIn(username, password);
      this.#activity.log("api", `signed in as ${username}: a JWT for ${expires_in} s, kept in a variable`);
      notice(byId("sign-in-notice"), null);
      this.#show(username);
    } catch (error) {
      notice(byId("sign-in-notice"), error.message);
      this.#activity.log("error", `could not sign in: ${error.message}`);
    } finally {
      button.disabled = false;
    }
  }

  async #signOut() {
    const ended = this.#api.signOut();
    this.#show(null);
    try {
      await ended;
      this.#activity.log("api", "signed out: the JWT is forgotten, and its streams have ended");
    } catch (error) {
      this.#activity.log("error", `the JWT is forgotten, but streams may go on: ${error.message}`);
    }
  }

  #expired() {
    this.#activity.log("error", "401: the JWT is no longer good");
    this.#show(null);
    notice(byId("sign-in-notice"), "Your session has ended. Sign in again.");
    byId("password").focus();
  }

  #show(username) {
    byId("session").hidden = username === null;
    byId("sign-in-panel").hidden = username !== null;
    byId("session-user").textContent = username ?? "";
    byId("session-initial").textContent = username?.[0].toUpperCase() ?? "";
    this.#onChange(username !== null);
  }
}

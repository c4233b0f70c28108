// The cookie, and who may use it.

import { expect, it } from "vitest";
import { isSameOrigin } from "@/lib/same-origin";
import { bearerOf, endedCookie, sessionCookie, userOf } from "@/lib/session";

const HTTP = new Headers({ "x-forwarded-proto": "http" });
const HTTPS = new Headers({ "x-forwarded-proto": "https" });
const ANSWER = { access_token: "aaa.bbb.ccc", expires_in: 3600 };

it("no script sees the cookie, and no other site sends it", () => {
  expect(sessionCookie(HTTP, ANSWER)).toBe(
    "session=aaa.bbb.ccc; Path=/; Max-Age=3600; HttpOnly; SameSite=Strict",
  );
});

it("the cookie is secure over https, and no sibling host can set it", () => {
  expect(sessionCookie(HTTPS, ANSWER)).toMatch(/^__Host-session=.*; Secure$/);
  expect(endedCookie(HTTPS)).toMatch(/^__Host-session=; Path=\/; Max-Age=0; .*; Secure$/);
});

it.each([
  ["session=aaa.bbb.ccc", "aaa.bbb.ccc"],
  ["a=1; session=aaa.bbb.ccc; b=2", "aaa.bbb.ccc"],
  ["xsession=aaa", null],
  ["session=", null],
  ["session=a b", null],
  ["__Host-session=aaa", null],
])("the JWT of %j over http is %j", (cookie, bearer) => {
  expect(bearerOf(new Headers({ cookie }))).toBe(bearer);
});

it("the user's name is shown from the JWT, and nothing is from what is no JWT", () => {
  const claims = Buffer.from('{"sub":"alice"}').toString("base64url");
  expect(userOf(new Headers({ cookie: `session=a.${claims}.c` }))).toBe("alice");
  expect(userOf(new Headers({ cookie: "session=a.b.c" }))).toBeNull();
  expect(userOf(new Headers())).toBeNull();
});

it.each([
  [{ "sec-fetch-site": "same-origin" }, true],
  [{ "sec-fetch-site": "same-site" }, false],
  [{ "sec-fetch-site": "cross-site" }, false],
  [{ "sec-fetch-site": "cross-site", origin: "http://app.test", host: "app.test" }, false],
  [{ origin: "http://app.test", host: "app.test" }, true],
  [{ origin: "http://app.test:81", host: "app.test" }, false],
  [{ origin: "null", host: "app.test" }, false],
  [{}, true],
] as const)("a request with %j may use the cookie: %j", (headers, may) => {
  expect(isSameOrigin(new Headers(headers))).toBe(may);
});

// What all pages have around them.

import type { Metadata, Viewport } from "next";
import { headers } from "next/headers";
import type { ReactNode } from "react";
import { TopBar } from "@/components/top-bar";
import { userOf } from "@/lib/session";
import "./style.css";

export const metadata: Metadata = {
  title: { default: "sse-gate", template: "%s · sse-gate" },
  description: "Progress and chat over secure Server-Sent Events.",
};

export const viewport: Viewport = { colorScheme: "light dark" };

export default async function RootLayout({ children }: { children: ReactNode }) {
  // Each page is made for its request, as its scripts have that request's nonce.
  const user = userOf(await headers());
  return (
    <html lang="en">
      <body>
        <a className="skip" href="#main">
          Skip to the content
        </a>
        <TopBar user={user} />
        <main id="main">{children}</main>
      </body>
    </html>
  );
}

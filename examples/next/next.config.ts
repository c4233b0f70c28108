// How Next.js builds and serves the app.

import type { NextConfig } from "next";

const config: NextConfig = {
  // This folder is the whole app: no lock file further up counts.
  turbopack: { root: import.meta.dirname },
  poweredByHeader: false,
  // No page needs the optimizer, which would ask this app for any path, and write it down.
  images: { unoptimized: true },
  // The development server writes requests down: not those whose URL has a credential.
  logging: {
    incomingRequests: { ignore: [/^\/generations\/generate\//, /^\/api\/chat\/stream\//] },
  },
  headers: async () => [
    {
      source: "/:path*",
      headers: [
        { key: "Referrer-Policy", value: "no-referrer" },
        { key: "X-Content-Type-Options", value: "nosniff" },
      ],
    },
  ],
};

export default config;

// Keeps the last pages of the wallet for a phone without a network. The network always comes first:
// what is shown from here says on the page as of when it is. Signing out empties it
// (Clear-Site-Data), and so does opening a page that sends one to sign in.
"use strict";

const KEPT = "wallet-1";
const PAGE_SECONDS = 8;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  if (address.origin !== self.location.origin) return;
  if (event.request.method !== "GET") {
    // A code is shown by the answer to a form, and nowhere again: it is kept for the counter.
    if (event.request.mode === "navigate" && address.pathname.endsWith("/code/")) {
      event.respondWith(keepAnswer(event.request, address));
    }
    return;
  }
  if (event.request.mode === "navigate" || address.pathname.startsWith("/static/")) {
    event.respondWith(fromNetworkElseKept(event.request));
  }
});

async function keepAnswer(request, address) {
  const answer = await fetch(request);
  if (answer.ok) await (await caches.open(KEPT)).put(address.href, answer.clone());
  return answer;
}

async function fromNetworkElseKept(request) {
  const kept = await caches.open(KEPT);
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(PAGE_SECONDS * 1000) });
    if (answer.redirected && new URL(answer.url).pathname.includes("sign-in")) {
      await caches.delete(KEPT);
    } else if (answer.ok && !answer.redirected) {
      await kept.put(request, answer.clone());
    }
    return answer;
  } catch (error) {
    const last = await kept.match(request, { ignoreSearch: true });
    if (last) return last;
    throw error;
  }
}

// Lets the browser keep the last pages for a time without a network. Without it all pages work.
"use strict";
if ("serviceWorker" in navigator) {
  const { worker, scope } = document.currentScript.dataset;
  navigator.serviceWorker.register(worker, { scope });
}

"use strict";
// Runs on pages of this machine only, and does nothing but on the desk's own page: tells it that the extension is
// there, and begins when a person presses the button (a page's script can't press it).
if (document.querySelector('meta[name="stillforsale-desk"]')) {
  document.documentElement.dataset.extension = chrome.runtime.getManifest().version;
  document.querySelector("#begin")?.focus();
  document.addEventListener("click", (event) => {
    if (event.isTrusted && event.target.id === "begin") chrome.runtime.sendMessage({ kind: "begin" });
  });
}

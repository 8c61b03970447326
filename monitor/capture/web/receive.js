"use strict";
// The window that a bookmarklet opens where its page may not talk to us: takes one page by message and hands it in.
addEventListener("message", async (event) => {
  if (event.source !== opener || !(event.data instanceof Blob)) return;
  let answer = { ok: false, words: "the desk does not answer", next: null };
  try {
    const headers = { "X-Page-Origin": event.origin };
    answer = await (await fetch("save", { method: "POST", body: event.data, headers })).json();
  } catch {
    // The desk is closed; the words above say so.
  }
  event.source.postMessage(answer, event.origin);
  close();
});
if (opener) opener.postMessage("ready", "*");

(async () => {
  const desk = "DESK_URL";
  const navigation = performance.getEntriesByType("navigation")[0] || {};
  const html = new Blob([document.documentElement.outerHTML]);
  const about = {
    version: 1,
    by: "bookmarklet 1",
    url: location.href,
    status: navigation.responseStatus || 0,
    loaded_ms_ago: performance.now(),
    from_cache: navigation.transferSize === 0 && navigation.decodedBodySize > 0,
    content_type: document.contentType,
    charset: document.characterSet,
    ready_state: document.readyState,
    viewport: innerWidth + "x" + innerHeight + "@" + devicePixelRatio,
    user_agent: navigator.userAgent,
    language: navigator.language,
    html_bytes: html.size,
    no_shot: "a bookmarklet can't take one",
  };
  const sent = new Blob([JSON.stringify(about), "\n", html]);
  const told = (answer) => {
    if (!answer.ok) {
      alert("Not saved: " + answer.words);
      if (answer.reload) location.reload();
    } else if (answer.next) {
      location.href = answer.next.url;
    } else {
      alert("Saved. All listings are done.");
    }
  };
  try {
    told(await (await fetch(desk + "save", { method: "POST", body: sent, credentials: "omit" })).json());
  } catch {
    const window_ = open(desk + "receive", "_blank", "width=420,height=160");
    if (!window_) {
      alert("Not saved: this page forbids it, and the browser blocked the small window that would have helped.");
      return;
    }
    addEventListener("message", (event) => {
      if (event.source !== window_ || event.origin !== new URL(desk).origin) return;
      if (event.data === "ready") window_.postMessage(sent, event.origin);
      else told(event.data);
    });
  }
})();

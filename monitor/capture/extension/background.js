"use strict";
// The session (which desk, which tab, which listing) lies in memory for as long as the browser runs. A page is read
// only when a person presses the key in the tab that the desk opened: `activeTab` gives no more.

const DESK = /^http:\/\/127\.0\.0\.1:\d{1,5}\/[\w-]{20,100}\/$/;
const BY = `extension ${chrome.runtime.getManifest().version}`;
const PATIENCE_MS = 4000;
let busy = false;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const session = async () => (await chrome.storage.session.get("session")).session;
const keep = (changes) => chrome.storage.session.set({ session: changes });

async function post(url, body) {
  const answer = await fetch(url, { method: "POST", body, credentials: "omit", signal: AbortSignal.timeout(30000) });
  return answer.json();
}

async function tell(tabId, words, badge = "!") {
  await chrome.action.setBadgeText({ text: badge });
  await chrome.action.setTitle({ title: words });
  if (badge !== "!") return;
  // On a browser's own error page no script runs: the badge and its title have said it.
  const said = { target: { tabId }, func: (text) => alert(text), args: [words], injectImmediately: true };
  chrome.scripting.executeScript(said).catch(() => {});
}

// What the page is, as its document says it; runs in the page's tab, apart from the page's own scripts.
function grab() {
  const navigation = performance.getEntriesByType("navigation")[0] || {};
  return {
    html: document.documentElement.outerHTML,
    about: {
      url: location.href,
      status: navigation.responseStatus || 0,
      loaded_ms_ago: performance.now(),
      from_cache: navigation.transferSize === 0 && navigation.decodedBodySize > 0,
      content_type: document.contentType,
      charset: document.characterSet,
      ready_state: document.readyState,
      viewport: `${innerWidth}x${innerHeight}@${devicePixelRatio}`,
      user_agent: navigator.userAgent,
      language: navigator.language,
    },
  };
}

// A browser gives two screenshots a second at most, so a quick reviewer's third waits.
async function screenshot(windowId, tries = 2) {
  try {
    const image = await fetch(await chrome.tabs.captureVisibleTab(windowId, { format: "png" }));
    return { shot: await image.blob(), no_shot: "" };
  } catch (error) {
    if (tries < 2) return { shot: new Blob(), no_shot: String(error).slice(0, 300) };
    await pause(1000);
    return screenshot(windowId, tries - 1);
  }
}

async function saved(tab, at) {
  const asked = { target: { tabId: tab.id }, func: grab };
  // A script waits for its page to be whole; one that never will be is taken as it stands, and says that it loads.
  const unasked = () => chrome.scripting.executeScript({ ...asked, injectImmediately: true });
  const [{ result }] = await Promise.race([chrome.scripting.executeScript(asked), pause(PATIENCE_MS).then(unasked)]);
  const grabbed = performance.now();
  const { shot, no_shot } = await screenshot(tab.windowId);
  const html = new Blob([result.html]);
  const about = { version: 1, by: BY, slot_id: at.slot_id, ...result.about, no_shot };
  about.loaded_ms_ago += performance.now() - grabbed;
  const head = JSON.stringify({ ...about, html_bytes: html.size, shot_bytes: shot.size });
  return new Blob([head, "\n", html, shot]);
}

async function open(tabId, listing) {
  if (/^https?:\/\//.test(listing.url)) await chrome.tabs.update(tabId, { url: listing.url });
}

async function goOn(at, tabId, answer) {
  if (!answer.ok) {
    await tell(tabId, `Not saved: ${answer.words}`, answer.again ? "again" : "!");
    // A reload would bring back the listing before, where a key was pressed twice: the address asked for is opened.
    if (answer.again === "open" && answer.next) {
      await keep({ ...at, slot_id: answer.next.slot_id });
      await open(tabId, answer.next);
    }
    if (answer.again === "reload") await chrome.tabs.reload(tabId, { bypassCache: true });
    return;
  }
  await tell(tabId, `${answer.done} of ${answer.total} done: ${answer.words}`, `${answer.done}/${answer.total}`);
  if (answer.next) {
    await keep({ ...at, tabId, slot_id: answer.next.slot_id });
    await open(tabId, answer.next);
  } else {
    await chrome.storage.session.remove("session");
    await chrome.tabs.update(tabId, { url: at.desk });
  }
}

// One thing at a time: a key that is pressed twice saves one listing.
async function once(tab, act) {
  const at = await session();
  if (busy || !tab?.id) return;
  if (!at) return tell(tab.id, "Not saved: press Begin on the desk's page first");
  // Not even a tab that was opened from it: a browser names the tab in front as the opener of every new one.
  if (tab.id !== at.tabId) {
    await tell(at.tabId, "Not saved: that was not the listing's tab");
    return;
  }
  busy = true;
  try {
    await goOn(at, tab.id, await act(at));
  } catch (error) {
    const what = "Not saved: the page was still loading, or is the browser's own. Press again, or Alt+U.";
    await tell(tab.id, `${what} (${String(error)})`);
  } finally {
    busy = false;
  }
}

chrome.runtime.onMessage.addListener(async (message, sender) => {
  const desk = (sender.url || "").split(/[?#]/)[0];
  if (message.kind !== "begin" || !sender.tab || !DESK.test(desk)) return;
  const answer = await post(`${desk}open`);
  if (!answer.next || !/^https?:\/\//.test(answer.next.url)) return;
  const tab = await chrome.tabs.create({ url: answer.next.url });
  await keep({ desk, tabId: tab.id, slot_id: answer.next.slot_id });
  await chrome.action.setBadgeText({ text: `${answer.done}/${answer.total}` });
});

chrome.action.onClicked.addListener((tab) =>
  once(tab, async (at) => post(`${at.desk}save`, await saved(tab, at))),
);

chrome.commands.onCommand.addListener((why, tab) =>
  once(tab, (at) => post(`${at.desk}skip?${new URLSearchParams({ slot: at.slot_id, why })}`)),
);

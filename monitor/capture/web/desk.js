"use strict";
const told = document.querySelector("#told");
const finished = Number(document.body.dataset.finished);

async function post(path) {
  try {
    return await (await fetch(path, { method: "POST" })).json();
  } catch {
    return { ok: false, words: "the desk is closed" };
  }
}

async function act(path) {
  const answer = await post(path);
  if (answer.ok) location.reload();
  else told.textContent = answer.words;
}

document.querySelector("#open")?.addEventListener("click", () => fetch("open", { method: "POST", keepalive: true }));
document.querySelector("#bookmarklet")?.addEventListener("click", (event) => {
  event.preventDefault();
  told.textContent = "Drag it to the bookmarks bar, and click it there when the listing is open.";
});
for (const button of document.querySelectorAll("button.skip")) {
  button.addEventListener("click", async () => {
    await post("open");
    const { slot, why } = button.dataset;
    await act(`skip?${new URLSearchParams({ slot, why })}`);
  });
}
document.querySelector("#end").addEventListener("click", async () => {
  told.textContent = (await post("end")).words;
});
const asking = setInterval(async () => {
  try {
    const status = await (await fetch("status")).json();
    if (status.done !== finished) location.reload();
  } catch {
    clearInterval(asking);
    told.textContent = "The desk is closed.";
  }
}, 1500);

"use strict";
const { root, number } = document.body.dataset;
const told = document.querySelector("#told");
let busy = false;

async function post(path, body) {
  try {
    const headers = { "content-type": "application/json" };
    const answer = await fetch(`${root}/${path}`, { method: "POST", headers, body: JSON.stringify(body ?? {}) });
    return await answer.json();
  } catch {
    return { ok: false, words: "the desk is closed" };
  }
}

async function act(path, body) {
  if (busy || !number) return;
  busy = true;
  const answer = await post(path, { number, ...body });
  if (answer.ok) {
    location.href = `${root}/`;
    return;
  }
  busy = false;
  told.textContent = answer.words;
}

function decide(decision) {
  const tier = document.querySelector("#tier")?.value ?? "";
  const comment = document.querySelector("#comment").value;
  return act("decide", { decision, tier, comment });
}

for (const button of document.querySelectorAll("button[data-decision]")) {
  button.addEventListener("click", () => decide(button.dataset.decision));
}
document.querySelector("#later")?.addEventListener("click", () => act("pass"));
document.querySelector("#end").addEventListener("click", async () => {
  told.textContent = (await post("end")).words;
});

const KEYS = { c: "confirmed", r: "rejected", u: "unsure" };
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
  if (event.target.matches("input, select, textarea")) return;
  const key = event.key.toLowerCase();
  if (KEYS[key]) decide(KEYS[key]);
  else if (key === "l") act("pass");
});

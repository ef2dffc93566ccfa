// What pages gain when scripts run. Without them everything still works, by plain forms and links.
"use strict";

// A failed background request must be seen: the page would otherwise go on showing what was true before.
const notice = () => document.getElementById("connection");

document.addEventListener("htmx:responseError", () => { if (notice()) notice().hidden = false; });
document.addEventListener("htmx:sendError", () => { if (notice()) notice().hidden = false; });
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful && notice()) notice().hidden = true;
});

const HELD = 10000; // milliseconds

// A second click on "send" is harmless (the hub knows the message by its identifier), but the officer should see
// that the first one counted. The button is not disabled: its name and value would not be sent.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.hasAttribute("data-once")) {
    // After a while a click counts again: whoever has stopped a page that hangs must be able to send.
    if (Date.now() - Number(form.dataset.sent || 0) < HELD) { event.preventDefault(); return; }
    form.dataset.sent = Date.now();
    const button = event.submitter;
    if (button) button.setAttribute("aria-busy", "true");
  }
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-once]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
  }
});

// A file chosen for the area is read into the text box, so that it is seen, kept and previewed.
document.addEventListener("change", async (event) => {
  const input = event.target;
  if (input.type !== "file" || !input.dataset.into || !input.files.length) return;
  const box = document.getElementById(input.dataset.into);
  box.value = await input.files[0].text();
  input.value = "";
  box.dispatchEvent(new Event("change", { bubbles: true }));
});

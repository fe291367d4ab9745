// The list of channels and direct messages, for whoever is looked through at the moment.

const VIEWER = "sandbox-viewer";
const SEEN = "sandbox-seen";
const WORTH_READING = /not |uncertain|interrupted|ended|unavailable|closed/i;
const capability = location.hash.slice(1);
const picker = document.getElementById("viewer-picker");
const status = document.getElementById("action-status");
const list = Object.assign(document.createElement("nav"), { ariaLabel: "Channels" });
document.getElementById("messages-sidebar").prepend(list);

let rooms = [];
let drawn = "";
let restored = false;
let retry = 0;
const seen = JSON.parse(sessionStorage.getItem(SEEN) || "{}");

const viewer = () => picker.value || chosen() || "";

// Each tab has its person; a new one begins with the person chosen last in any.
function chosen() {
  return sessionStorage.getItem(VIEWER) || localStorage.getItem(VIEWER);
}

function choose(id) {
  if (!id) return;
  sessionStorage.setItem(VIEWER, id);
  localStorage.setItem(VIEWER, id);
}

async function load() {
  const answer = await fetch("/sandbox/rooms", { headers: { "X-Simcord-Capability": capability }, cache: "no-store" });
  if (!answer.ok) return;
  rooms = (await answer.json()).rooms;
  // The sandbox was started again: what this page shows is gone, the address is the same.
  if (/session is unavailable/.test(status.textContent)) location.reload();
}

function go(room) {
  choose(viewer());
  location.hash = room.capability;
  location.reload();
}

function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function entry(room) {
  const mark = element("span", { className: "mark" }, room.kind === "channel" ? "#" : "@");
  const link = element("a", { href: `#${room.capability}` }, mark, room.name);
  link.dataset.room = room.name;
  if (room.capability === capability) link.ariaCurrent = "page";
  else if (BigInt(room.last) > BigInt(seen[room.capability] ?? room.last)) link.className = "is-new";
  link.addEventListener("click", (event) => { event.preventDefault(); go(room); });
  return element("li", {}, link);
}

function section(title, members) {
  if (!members.length) return [];
  return [element("h2", { className: "rooms-heading" }, title), element("ul", { className: "rooms" }, ...members.map(entry))];
}

function draw() {
  const visible = rooms.filter((room) => room.people.includes(viewer()));
  for (const room of rooms) if (room.capability === capability || !(room.capability in seen)) seen[room.capability] = room.last;
  sessionStorage.setItem(SEEN, JSON.stringify(seen));
  const state = JSON.stringify([viewer(), visible, seen]);
  if (state === drawn || !visible.length) return;
  drawn = state;
  list.replaceChildren(
    ...section("Channels", visible.filter((room) => room.kind === "channel")),
    ...section("Direct messages", visible.filter((room) => room.kind === "direct")),
  );
}

// The page starts with the first person it knows; go on with the one looked through before. The list of people
// is drawn anew whenever the page shows somebody else, and what is chosen while it is busy may be dropped.
function restoreViewer() {
  clearTimeout(retry);
  const wanted = chosen();
  if (restored || !picker.value || !wanted) return;
  if (picker.value === wanted) { restored = true; return; }
  if (![...picker.options].some((option) => option.value === wanted)) return;
  const shown = picker.value;
  picker.value = wanted;
  picker.dispatchEvent(new Event("change"));
  retry = setTimeout(() => { if (!restored) { picker.value = shown; restoreViewer(); } }, 1000);
}

async function follow() {
  await load().catch(() => {});
  draw();
  setTimeout(follow, 1500);
}

// Lists are offered as soon as a field is entered, not after its first letter.
document.addEventListener("focusin", ({ target }) => {
  if (!target.matches?.('.command-option-input[aria-autocomplete="list"]') || target.value) return;
  setTimeout(() => {
    if (document.activeElement === target && !target.value) target.dispatchEvent(new Event("input", { bubbles: true }));
  });
});
// Before the page's own listener, which empties the list until the other person's view is there.
document.addEventListener("change", ({ target }) => { if (target === picker) choose(picker.value); }, true);
picker.addEventListener("change", draw);
new MutationObserver(() => { restoreViewer(); draw(); }).observe(picker, { childList: true });
new MutationObserver(() => status.classList.toggle("is-noise", !WORTH_READING.test(status.textContent)))
  .observe(status, { childList: true, characterData: true, subtree: true });
status.classList.add("is-noise");
void follow();

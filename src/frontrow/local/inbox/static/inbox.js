// Keeps the list fresh and shows times in the reader's own zone.

const list = document.getElementById("list");
const status = document.getElementById("status");
const format = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

function showTimes(within) {
  for (const time of within.querySelectorAll("time")) {
    time.title = time.textContent;
    time.textContent = format.format(new Date(time.dateTime));
  }
}

function total() {
  const count = document.getElementById("count");
  return count ? Number(count.dataset.total) : 0;
}

async function refresh() {
  const answer = await fetch(`/list${window.location.search}`, { headers: { "If-None-Match": `"${list.dataset.version}"` } });
  if (answer.status !== 200) return;
  list.dataset.version = answer.headers.get("ETag").replaceAll('"', "");
  const focused = document.activeElement && list.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  const before = total();
  list.innerHTML = await answer.text();
  showTimes(list);
  // The reader's place survives the refresh.
  if (focused) list.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  const more = total() - before;
  if (more > 0) status.textContent = more === 1 ? "One new mail" : `${more} new mails`;
}

showTimes(document);

if (list) {
  const poll = async () => {
    try {
      if (!document.hidden) await refresh();
    } catch {
      // The inbox is being restarted; the next round will find it.
    }
    setTimeout(poll, 2000);
  };
  setTimeout(poll, 2000);
  document.getElementById("clear").addEventListener("click", async () => {
    if (!window.confirm("Delete all mails? They can’t be brought back.")) return;
    await fetch("/api/messages", { method: "DELETE" });
    status.textContent = "All mails deleted";
    await refresh();
  });
}

// `node lighthouse.ts PORT ADDRESS`: Lighthouse's verdict, phone preset, on the tab of the Chromium at PORT that shows
// ADDRESS. The tab keeps what it holds: seats that were chosen in it are there when it is loaded anew.
import lighthouse, { type Result } from "lighthouse";
import puppeteer from "puppeteer-core";

const [port = "", address = ""] = process.argv.slice(2);
const browser = await puppeteer.connect({ browserURL: `http://127.0.0.1:${port}`, defaultViewport: null });
const pages = (await Promise.all(browser.browserContexts().map((context) => context.pages()))).flat();
const page = pages.find((each) => each.url() === address);
if (page === undefined) throw new Error(`No tab shows ${address}, but ${pages.map((each) => each.url()).join(" ")}`);

const flags = { logLevel: "error", disableStorageReset: true, maxWaitForLoad: 20_000 } as const;
const answer = await lighthouse(address, flags, undefined, page);
if (answer === undefined) throw new Error("Lighthouse said nothing.");
const { categories, audits, runtimeError } = answer.lhr;

const scores = Object.fromEntries(
  Object.entries(categories).map(([name, { score }]) => [name, Math.round((score ?? 0) * 100)]),
);
const costly = Object.values(categories).flatMap(({ auditRefs }) =>
  auditRefs
    .filter(({ id, weight }) => weight > 0 && (audits[id]?.score ?? 1) < 0.95)
    .map(({ id }) => said(id, audits[id])),
);

function said(id: string, audit: Result["audits"][string] | undefined): string {
  const details = audit?.details;
  const items = details !== undefined && "items" in details ? (details.items as unknown[]) : [];
  return `${id}: ${audit?.title ?? ""} ${audit?.displayValue ?? ""} ${JSON.stringify(items[0] ?? "").slice(0, 300)}`;
}

await browser.disconnect();
process.stdout.write(JSON.stringify({ scores, costly, error: runtimeError?.message ?? "" }));

// `node lighthouse.ts PORT ADDRESS`: Lighthouse's verdict, phone preset, on the tab of the Chromium at PORT that shows
// ADDRESS. The tab keeps what it holds: seats and an order are there when it is loaded anew.
import lighthouse, { defaultConfig, type Config, type Result } from "lighthouse";
import { pageFunctions } from "lighthouse/core/lib/page-functions.js";
import puppeteer, { type Page } from "puppeteer-core";

const KINDS = ["performance", "accessibility", "best-practices", "seo"];

// Lighthouse's preset slows the processor down four times, for a machine of its "high-end desktop" class, whose index
// is 1,500 to 2,000; that makes a phone of 1,750 / 4. A slower machine is slowed down less, so that it's the same phone.
const PHONE = 1750 / 4;
const MOST = 4;

const [port = "", address = ""] = process.argv.slice(2);
const browser = await puppeteer.connect({ browserURL: `http://127.0.0.1:${port}`, defaultViewport: null });
const pages = (await Promise.all(browser.browserContexts().map((context) => context.pages()))).flat();
const page = pages.find((each) => each.url() === address);
if (page === undefined) throw new Error(`No tab shows ${address}, but ${pages.map((each) => each.url()).join(" ")}`);

const index = await powerOf(page);
const slowdown = Math.round(Math.min(MOST, Math.max(1, index / PHONE)) * 10) / 10;
const answer = await lighthouse(address, flags(), config(), page);
if (answer === undefined) throw new Error("Lighthouse said nothing.");
const { categories, audits, runtimeError } = answer.lhr;

/** How fast the machine is just now, by Lighthouse's own measure: one second of work. */
async function powerOf(tab: Page): Promise<number> {
  return Math.round((await tab.evaluate(`(${pageFunctions.computeBenchmarkIndex.toString()})()`)) as number);
}

function flags() {
  return {
    logLevel: "error",
    disableStorageReset: true,
    disableFullPageScreenshot: true,
    maxWaitForLoad: 60_000,
    throttling: { ...defaultConfig.settings?.throttling, cpuSlowdownMultiplier: slowdown },
  } as const;
}

/** Lighthouse's own, without what has no weight in any score: gathering that takes most of its time. */
function config(): Config {
  const judged = KINDS.flatMap((kind) => defaultConfig.categories?.[kind]?.auditRefs ?? []);
  const weighed = new Set(judged.filter(({ weight }) => weight > 0).map(({ id }) => id));
  const idle = [...new Set(judged.map(({ id }) => id).filter((id) => !weighed.has(id)))];
  return { extends: "lighthouse:default", settings: { onlyCategories: KINDS, skipAudits: idle } };
}

const scores = Object.fromEntries(Object.entries(categories).map(([name, { score }]) => [name, Math.round((score ?? 0) * 100)]));
const costly = Object.values(categories).flatMap(({ auditRefs }) =>
  auditRefs.filter(({ id, weight }) => weight > 0 && (audits[id]?.score ?? 1) < 0.95).map(({ id }) => said(id, audits[id])),
);

function said(id: string, audit: Result["audits"][string] | undefined): string {
  const details = audit?.details;
  const items = details !== undefined && "items" in details ? (details.items as unknown[]) : [];
  return `${id}: ${audit?.title ?? ""} ${audit?.displayValue ?? ""} ${JSON.stringify(items[0] ?? "").slice(0, 300)}`;
}

await browser.disconnect();
const measured = Object.fromEntries(
  ["first-contentful-paint", "largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift", "speed-index"].map((id) => [id, audits[id]?.numericValue ?? null]),
);
process.stdout.write(JSON.stringify({ scores, costly, measured, index, slowdown, error: runtimeError?.message ?? "" }));

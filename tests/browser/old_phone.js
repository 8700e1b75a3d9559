/* A phone of 2018: Chromium 71, told line by line what a person does, answering each line with what came of it.
   node old_phone.js MODULES CHROMIUM on|off      then one JSON array a line: [act, argument, ...] */
"use strict";
const fs = require("fs");
const path = require("path");
const readline = require("readline");

const [modules, chromium, scripts] = process.argv.slice(2);
const puppeteer = require(path.join(modules, "puppeteer-core"));
const FIND = fs.readFileSync(path.join(__dirname, "find.js"), "utf8").trim();
const LEADS = fs.readFileSync(path.join(__dirname, "leads.js"), "utf8").trim();
const PATIENCE = 5000;

async function find(page, how, wanted) {
  const until = Date.now() + PATIENCE;
  for (;;) {
    const handle = await page.evaluateHandle(`window.touched = ${FIND}(${JSON.stringify(how)}, ${JSON.stringify(wanted)})`);
    if (handle.asElement()) { return handle.asElement(); }
    if (Date.now() > until) { throw new Error(`nothing to ${how} says "${wanted}" on ${page.url()}`); }
    await new Promise((done) => setTimeout(done, 50));
  }
}

const acts = {
  async goto(page, url) { const answer = await page.goto(url, { waitUntil: "load" }); return answer ? answer.status() : 0; },
  async tap(page, words) {
    const element = await find(page, "tap", words);
    // A touch waits for an animation frame, which a page without scripts never announces.
    const touch = () => (scripts === "on" ? element.tap() : element.click());
    if (await page.evaluate(`${LEADS}(window.touched)`)) {
      await Promise.all([page.waitForNavigation({ waitUntil: "load", timeout: 15000 }), touch()]);
    } else {
      await touch();
    }
  },
  async fill(page, label, text) {
    const field = await find(page, "field", label);
    await page.evaluate((one) => { one.value = ""; }, field);
    await field.focus();
    await page.keyboard.sendCharacter(text);
  },
  async upload(page, label, file) { await (await find(page, "field", label)).uploadFile(file); },
  async text(page) { return page.evaluate("document.body.innerText"); },
  async html(page) { return page.content(); },
  async value(page, label) { return page.evaluate((one) => one.value, await find(page, "field", label)); },
  async read(page, selector) { return page.evaluate((one) => one.innerText, await find(page, "selector", selector)); },
  async url(page) { return page.url(); },
  async width(page) { return page.evaluate("document.documentElement.scrollWidth"); },
  async cookies(page) { return (await page.cookies()).length; },
  async shot(page, file) { await page.screenshot({ path: file }); },
};

(async () => {
  const browser = await puppeteer.launch({
    executablePath: chromium, headless: true,
    args: ["--no-sandbox", "--disable-gpu", "--single-process", "--no-zygote", "--no-first-run", "--disable-sync", "--lang=zh-CN"],
  });
  const page = await browser.newPage();
  const troubles = [];
  page.on("pageerror", (error) => troubles.push(String(error).slice(0, 300)));
  await page.setViewport({ width: 360, height: 640, isMobile: true, hasTouch: true, deviceScaleFactor: 2 });
  await page.setJavaScriptEnabled(scripts === "on");
  const tell = (answer) => process.stdout.write(JSON.stringify(answer) + "\n");
  tell({ ok: await browser.version() });
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const [act, ...rest] = JSON.parse(line);
    try {
      const ok = act === "troubles" ? troubles : await acts[act](page, ...rest);
      tell({ ok: ok === undefined ? null : ok });
    } catch (error) {
      tell({ failed: String(error && error.message || error) });
    }
  }
  await browser.close();
})().catch((error) => { process.stdout.write(JSON.stringify({ failed: String(error) }) + "\n"); process.exit(1); });

// Reads every page of a folder, opens some in Chromium, and prints what it found as JSON: `node browse.mjs NODE_MODULES FOLDER`.
import { createReadStream, existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { extname, join, normalize } from 'node:path';
import { pathToFileURL } from 'node:url';

const [packages, folder] = process.argv.slice(2);
const load = async (name) => import(pathToFileURL(createRequire(join(packages, 'any.js')).resolve(name)));
const { default: bundled } = await load('@sparticuz/chromium');
const { chromium } = (await load('playwright-core')).default;

const TYPES = { '.html': 'text/html', '.css': 'text/css', '.js': 'text/javascript', '.json': 'application/json', '.svg': 'image/svg+xml', '.png': 'image/png' };

// The path of a file for an address, as a static host finds it.
function file(url) {
  const path = join(folder, normalize(decodeURIComponent(new URL(url, 'http://x').pathname)));
  return existsSync(path) && statSync(path).isDirectory() ? join(path, 'index.html') : path;
}

const server = createServer((request, response) => {
  const path = file(request.url);
  if (!existsSync(path)) return response.writeHead(404).end();
  response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream' });
  createReadStream(path).pipe(response);
});
await new Promise((done) => server.listen(0, '127.0.0.1', done));
const home = `http://127.0.0.1:${server.address().port}/`;

const html = (dir) => readdirSync(join(folder, dir), { withFileTypes: true }).flatMap((entry) => {
  if (entry.isDirectory()) return html(join(dir, entry.name));
  return entry.name === 'index.html' ? [dir] : [];
});
const pages = html('').map((dir) => (dir ? `${home}${dir}/` : home));

const browser = await chromium.launch({
  executablePath: await bundled.executablePath(),
  args: ['--no-sandbox', '--no-zygote', '--single-process', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync',
    '--disable-background-networking', '--disable-component-update'],
});
const page = await browser.newPage();
page.setDefaultTimeout(180_000);
const faults = [];
const found = { pages: 0, links: 0, opened: 0, pictures: 0 };
page.on('console', (message) => message.type() === 'error' && faults.push(`${page.url()}: console: ${message.text()}`));
page.on('pageerror', (error) => faults.push(`${page.url()}: ${error}`));
page.on('request', (request) => request.url().startsWith(home) || request.url().startsWith('data:') || request.url().startsWith('blob:')
  || faults.push(`${page.url()}: asks ${request.url()}`));
page.on('response', (response) => response.status() >= 400 && faults.push(`${page.url()}: ${response.status()} ${response.url()}`));

// Every page by its text: what it has anchors for, and where its links lead.
const anchors = new Map();
const texts = new Map(pages.map((url) => [url, readFileSync(file(url), 'utf8')]));
const all = (text, pattern) => [...text.matchAll(pattern)].map((match) => match[1].replaceAll('&amp;', '&'));
for (const [url, text] of texts) anchors.set(url, new Set(all(text, / id="([^"]+)"/g)));
for (const [url, text] of texts) {
  found.pages += 1;
  for (const link of all(text, /<a [^>]*href="([^"]+)"/g).map((link) => new URL(link, url).href)) {
    if (!link.startsWith(home)) continue;
    found.links += 1;
    const [path, anchor] = link.split('#');
    const there = anchors.has(path) ? !anchor || anchors.get(path).has(decodeURIComponent(anchor)) : existsSync(file(path));
    if (!there) faults.push(`${url}: leads to ${link}`);
  }
}

// One page of each folder, and those with pictures, as a reader sees them.
const folders = new Map(pages.map((url) => [url.slice(home.length).split('/')[0], url]));
const pictured = pages.filter((url) => /<img [^>]*pictures\//.test(texts.get(url)));
for (const url of new Set([...folders.values(), ...pictured])) {
  await page.goto(url, { waitUntil: 'load' });
  found.opened += 1;
  if (!(await page.locator('article h1').isVisible())) faults.push(`${url}: has no heading`);
  for (const image of await page.locator('article img').all()) {
    await image.scrollIntoViewIfNeeded();
    const width = await image.evaluate((element) => element.naturalWidth && element.getBoundingClientRect().width);
    found.pictures += 1;
    if (width < 100) faults.push(`${url}: ${await image.getAttribute('src')} is not visible`);
  }
}

await page.goto(home);
await page.locator('.md-nav__link', { hasText: 'Which object do I need?' }).first().evaluate((link) => link.click());
await page.waitForURL(/which-object/);
found.menu = (await page.locator('article h1').textContent()).replace('¶', '').trim();

await page.locator('.md-search__input').click();
// Key by key, as the page listens for keys.
await page.locator('.md-search__input').pressSequentially('would violate PodSecurity');
const first = page.locator('.md-search-result__link').first();
await first.waitFor({ state: 'attached' });
found.search = await first.getAttribute('href');

await browser.close();
server.close();
console.log(JSON.stringify({ ...found, faults: [...new Set(faults)] }));

// @ts-check
// What a page loads, and the service worker that keeps the page that checks.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The page that opens without a network. */
const PAGE = 'verify.html';

/** @param {{ outDir: string, site: { base: string } }} built */
export function writeServiceWorker({ outDir, site: { base } }) {
  const kept = keptFiles(outDir, base).map((file) => [
    file,
    `sha256-${sha256(readFileSync(join(outDir, file))).toString('base64')}`,
  ]);
  const list = JSON.stringify(kept);
  const constants = `const kept = ${list};\nconst version = '${sha256(list).toString('hex')}';\n`;
  const source = readFileSync(new URL('service-worker.js', import.meta.url), 'utf8');
  writeFileSync(join(outDir, 'service-worker.js'), constants + source);
}

/** @param {string | Uint8Array} content */
function sha256(content) {
  return createHash('sha256').update(content).digest();
}

/**
 * The page with all that it loads, at once and later: its worker and its examples.
 *
 * @param {string} outDir
 * @param {string} base
 */
function keptFiles(outDir, base) {
  /** @param {string} folder */
  const filesIn = (folder) => readdirSync(join(outDir, folder)).map((name) => `${folder}/${name}`);
  const workers = filesIn('assets').filter((file) => file.startsWith('assets/worker-'));
  const later = filesIn('assets/chunks').filter((file) => file.includes('/ShownLog.'));
  const files = new Set([PAGE, ...workers, ...later, ...filesIn('examples')]);
  // A set also visits what is added during the visit.
  for (const file of files) {
    for (const each of loadedBy(readFileSync(join(outDir, file), 'utf8'), file, base))
      files.add(each);
    // The form of a page for a visitor who comes from another page.
    if (file.endsWith('.lean.js')) files.add(file.replace('.lean', ''));
  }
  return [...files].sort();
}

/**
 * The files of the site that a page or a style sheet loads at once.
 *
 * @param {string} text
 * @param {string} file its name
 * @param {string} base the path below which the site is served
 */
export function loadedBy(text, file, base) {
  const addresses = file.endsWith('.css')
    ? text.matchAll(/url\(([^)"]*)\)/g)
    : file.endsWith('.html')
      ? text.matchAll(/<(?:script|img|link)\b[^>]*? (?:src|href)="([^"]*)"/g)
      : [];
  const own = [...addresses]
    .map(([, address = '']) => address)
    .filter((each) => each.startsWith(base));
  return [...new Set(own)].map((each) => each.slice(base.length));
}

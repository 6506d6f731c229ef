import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const GUIDE = new URL('../../../docs/SECURITY_BEST_PRACTICES.md', import.meta.url);
const guide = readFileSync(GUIDE, 'utf8');

/** A link of the guide within the repository: its file, and the name of a test in that file. */
interface Link {
  readonly file: string;
  readonly name: string | undefined;
}

function linksOf(text: string): Link[] {
  return [...text.matchAll(/\]\(([^)\s#]+)[^)\s]*(?: (["'])(.+?)\2)?\)/g)]
    .filter(([, file]) => !/^\w+:/.test(file!))
    .map(([, file, , name]) => ({ file: fileURLToPath(new URL(file!, GUIDE)), name }));
}

/** The rows of the table of promises: the promise and its tests. */
const promises = guide
  .slice(guide.indexOf('## What is promised'), guide.indexOf('## What was measured'))
  .split('\n')
  .filter(
    (line) => line.startsWith('| ') && !line.startsWith('| promise') && !line.startsWith('| -'),
  )
  .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| |\s*\|$/g, '').trim()));

describe('the security guide', () => {
  test('every link leads to a file, and to a test of that name', () => {
    const links = linksOf(guide);
    expect(links.length).toBeGreaterThan(40);
    expect(links.filter(({ file }) => !existsSync(file))).toEqual([]);
    const isThere = ({ file, name }: Link): boolean =>
      name === undefined || readFileSync(file, 'utf8').includes(name);
    expect(links.filter((link) => !isThere(link))).toEqual([]);
  });

  test.each(promises)('has a test for this promise: %s', (_promise, tests) => {
    expect(linksOf(tests).filter(({ name }) => name !== undefined)).not.toEqual([]);
  });

  test.each([
    'erasure is the security property',
    'Hibernation',
    'debugger',
    '/proc/PID/mem',
    '`clone()`',
    'Backups of key files',
    'Snapshots of virtual machines',
    'A view that was kept',
    "for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));",
  ])('says: %s', (what) => {
    expect(guide).toContain(what);
  });
});

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

/** One list item for each promise. */
const promises = guide
  .slice(guide.indexOf('## What is promised'), guide.indexOf('## What is not defended'))
  .split('\n')
  .filter((line) => line.startsWith('- '));

describe('the security guide', () => {
  test('every link leads to a file with a test of that name', () => {
    const links = linksOf(guide);
    expect(links.length).toBeGreaterThan(40);
    expect(links.filter(({ file }) => !existsSync(file))).toEqual([]);
    const isThere = ({ file, name }: Link): boolean =>
      name === undefined || readFileSync(file, 'utf8').includes(name);
    expect(links.filter((link) => !isThere(link))).toEqual([]);
  });

  test('has one proof for each promise', () => {
    expect(promises.length).toBeGreaterThan(40);
    const proofs = (promise: string) =>
      linksOf(promise).filter(({ name }) => name !== undefined).length;
    expect(promises.filter((promise) => proofs(promise) !== 1)).toEqual([]);
  });

  test('is read in ten minutes', () => {
    const prose = guide.replaceAll(/^```.*?^```$/gms, '').replaceAll(/\]\([^)]*\)/g, ']');
    expect(prose.split(/\s+/).length).toBeLessThan(2_600);
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
    'Abandoned operations',
    '`worker.terminate()`',
    'Core dumps during an operation',
    'Signals during an operation',
    'swap',
    'SIGKILL',
    '`evolock:memory:lost`',
    '**macOS and Windows**: what differs there is tested with the platform injected, and untested',
    '**Bun and Deno**:',
    'no audit from outside the project',
    "for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));",
  ])('contains: %s', (what) => {
    expect(guide).toContain(what);
  });
});

test.each([
  ['proof.md', 'npm run proof'],
  ['performance.md', 'npm run bench'],
])('docs/measured/%s has one place for the tables of `%s -- --document`', (page, command) => {
  const text = readFileSync(new URL(`measured/${page}`, GUIDE), 'utf8');
  const marks = [
    `<!-- measured: ${command} -- --document -->`,
    '<!-- end of what was measured -->',
  ];
  expect(text.split(marks[0]!)).toHaveLength(2);
  expect(text.split(marks[0]!)[1]!.split(marks[1]!)).toHaveLength(2);
});

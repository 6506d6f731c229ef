// A mend in code that is copied into a package releases that package. Each test makes a branch of its own in a clone.
import { execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readWorkspaces } from '../../src/manifests.js';
import { baseOf, withoutChangeset } from '../../src/release/unreleased.js';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
let clone: string;

function git(...args: readonly string[]): string {
  const author = ['-c', 'user.name=a', '-c', 'user.email=a@b'];
  return execFileSync('git', [...author, ...args], { cwd: clone, encoding: 'utf8', stdio: 'pipe' });
}

beforeAll(() => {
  clone = mkdtempSync(join(tmpdir(), 'evolock-unreleased-'));
  execFileSync('git', ['clone', '--quiet', '--shared', root, clone], { stdio: 'ignore' });
  git('branch', '--force', '-m', 'main');
  for (const { folder } of readWorkspaces(root))
    if (existsSync(join(root, folder, 'built-from')))
      cpSync(join(root, folder, 'built-from'), join(clone, folder, 'built-from'), {
        recursive: true,
      });
});

afterAll(() => rmSync(clone, { recursive: true }));

beforeEach(() => {
  git('switch', '--quiet', '--force-create', 'mend', 'main');
});

/** Adds a line to a file, and writes a changeset, when it names a package. */
function mend(file: string, name?: string, type = 'patch'): void {
  appendFileSync(join(clone, file), '\n');
  if (name !== undefined)
    writeFileSync(join(clone, '.changeset/mend.md'), `---\n'${name}': ${type}\n---\n\nMended.\n`);
  git('add', '--all');
  git('commit', '--quiet', '--message=Mend');
}

async function missing(): Promise<Record<string, readonly string[]>> {
  return Object.fromEntries(await withoutChangeset(clone, await baseOf(clone)));
}

describe('without a changeset, the check names package and file for', () => {
  test('the text helper of both commands', async () => {
    const file = 'packages/command-line/src/text.ts';
    mend(file);
    const both = { '@evolock/kes-cli': [file], '@evolock/sealed-log': [file] };
    expect(await missing()).toEqual(both);
    mend(file, '@evolock/kes-cli');
    expect(await missing()).toEqual({ '@evolock/sealed-log': [file] });
  });

  test('the header reader inside the command kes', async () => {
    const file = 'packages/cardano-headers/src/header/parse.ts';
    mend(file, '@evolock/cardano-headers');
    // What installs cardano-headers gets a version by itself. This contains it.
    expect(await missing()).toEqual({ '@evolock/kes-cli': [file] });
    mend(file, '@evolock/kes-cli');
    expect(await missing()).toEqual({ '@evolock/cardano-headers': [file] });
  });

  test('cbor-x in the lockfile', async () => {
    const file = join(clone, 'package-lock.json');
    const text = readFileSync(file, 'utf8').replace(
      /("node_modules\/cbor-x": \{\s*"version": ")[^"]+/,
      '$19.9.9',
    );
    writeFileSync(file, text);
    mend('package-lock.json');
    const change = [expect.stringMatching(/^cbor-x 9\.9\.9, which was 1\.6\.\d+$/) as string];
    expect(await missing()).toEqual({ '@evolock/cardano-kes': change, '@evolock/kes-cli': change });
  });

  test('a source that is in no built file, since it declares types', async () => {
    const file = 'packages/kes-agent/src/types-only.ts';
    mend(file);
    expect(await missing()).toEqual({ '@evolock/kes-agent': [file] });
  });
});

test('a file that is published as it stands', async () => {
  const file = 'packages/kes-sum/browser.cjs';
  mend(file);
  expect(await missing()).toEqual({ '@evolock/kes-sum': [file] });
});

test('a published field of a manifest, and how a package is built; no other field', async () => {
  const file = 'packages/kes-agent/package.json';
  const path = join(clone, file);
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as Record<string, object>;
  const scripts = { ...manifest['scripts'], more: 'true' };
  writeFileSync(path, JSON.stringify({ ...manifest, scripts }));
  mend(file);
  expect(await missing()).toEqual({});
  writeFileSync(path, JSON.stringify({ ...manifest, engines: { node: '>=24' }, files: ['dist'] }));
  mend(file);
  mend('packages/memory-scan/tsup.config.ts');
  expect(await missing()).toEqual({
    '@evolock/kes-agent': [`${file}: engines`, `${file}: files`],
    '@evolock/memory-scan': ['packages/memory-scan/tsup.config.ts'],
  });
});

test('how both commands are built, and how one of them is', async () => {
  mend('tsup.command.ts');
  const both = ['@evolock/kes-cli', '@evolock/sealed-log'];
  expect(Object.keys(await missing())).toEqual(both);
  const file = 'packages/sealed-log/tsup.command.config.ts';
  mend(file, '@evolock/kes-cli');
  expect(await missing()).toEqual({ '@evolock/sealed-log': [file, 'tsup.command.ts'] });
});

test('a changeset of the type none states that a package needs no release', async () => {
  const file = 'packages/kes-cli/src/main.ts';
  mend(file);
  expect(await missing()).toEqual({ '@evolock/kes-cli': [file] });
  mend(file, '@evolock/kes-cli', 'none');
  expect(await missing()).toEqual({});
});

test('on main, changes are compared with the last release, whose changelogs tell its commit', async () => {
  const file = 'packages/kes-cli/src/main.ts';
  git('switch', '--quiet', 'main');
  expect((await baseOf(clone)).name).toContain('no release yet');
  writeFileSync(join(clone, 'packages/kes-cli/CHANGELOG.md'), '# kes-cli\n');
  git('rm', '--quiet', '.changeset/*.md');
  mend('packages/kes-cli/package.json');
  expect(await missing()).toEqual({});
  mend(file);
  mend('README.md');
  expect(await missing()).toEqual({ '@evolock/kes-cli': [file] });
});

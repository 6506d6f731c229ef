// The repository as it stands: its manifests, links, workflows and native code.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ladder, native, scope } from '../src/ladder/ladder.mjs';
import { brokenLinks, host, markdownPages } from '../src/links.mjs';
import { DECLARED, readWorkspaces } from '../src/manifests.js';
import { Calls } from '../src/readme-calls.js';
import { builtIn } from '../src/release/contents.js';
import { wrongFiles } from '../src/release/tarball.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const workspaces = readWorkspaces(root);

interface Locked {
  readonly link?: boolean;
  readonly dev?: boolean;
  readonly hasInstallScript?: boolean;
  readonly dependencies?: object;
}

/** What npm installs, by its place. */
const { packages: locked } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
  readonly packages: Readonly<Record<string, Locked>>;
};

test('the ladder names each package once, after those below it', () => {
  ladder.forEach(({ name, below }, at) => {
    const before = [native.name, ...ladder.slice(0, at).map((layer) => layer.name)];
    expect(before).not.toContain(name);
    expect(before).toEqual(expect.arrayContaining([...below]));
  });
});

describe.each(workspaces)('the manifest of $folder', ({ folder, manifest }) => {
  const { name, dependencies = {}, peerDependencies, optionalDependencies } = manifest;
  const installed = { ...dependencies, ...peerDependencies, ...optionalDependencies };
  const layer = ladder.find((one) => scope + one.name === name);

  test('states what all state, and what npm needs to publish it', () => {
    const all = { type: 'module', license: 'Apache-2.0', engines: { node: '^20.19 || >=22.12' } };
    const published = {
      publishConfig: { access: 'public' },
      files: expect.arrayContaining(['dist']) as unknown,
      repository: { directory: folder },
    };
    expect(manifest).toMatchObject(manifest.private ? all : { ...all, ...published });
    if (!manifest.private) expect(readdirSync(join(root, folder))).toContain('README.md');
  });

  test('has the dependencies that the ladder gives it, and the native module at its one version', () => {
    const own = Object.keys(installed).filter((one) => one.startsWith(scope));
    const below = [...own, ...(native.name in installed ? [native.name] : [])];
    // A private workspace that no package depends on may use every package.
    if (layer === undefined) expect(manifest.private).toBe(true);
    else expect(below.map((one) => one.replace(scope, '')).sort()).toEqual([...layer.below].sort());
    // What a build contains is not installed beside it.
    const names = ladder.map((one) => one.name);
    const built = (layer?.builtIn ?? []).map((one) => (names.includes(one) ? scope + one : one));
    expect(Object.keys(manifest.devDependencies ?? {})).toEqual(expect.arrayContaining(built));
    expect(built.filter((one) => Object.hasOwn(installed, one))).toEqual([]);
    // A declaration imports those of the packages below (tsup.shared.ts).
    if (manifest.private !== true && manifest.exports?.['.'] !== undefined)
      for (const one of own)
        expect(workspaces.find((each) => each.manifest.name === one)).toMatchObject({
          manifest: { exports: { [DECLARED]: {} } },
        });
    const version = { ...installed, ...manifest.devDependencies }[native.name];
    expect([undefined, native.version]).toContain(version);
  });
});

describe('the manifests', () => {
  test('name the entries whose sources tsconfig.json names, and whose declarations are built', () => {
    const { compilerOptions } = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8'));
    const typed = workspaces.flatMap(({ manifest: { name, exports, scripts } }) =>
      Object.entries(exports ?? {})
        .filter(([entry, target]) => entry !== DECLARED && Object.hasOwn(Object(target), 'types'))
        .map(([entry]) => ({ entry: name + entry.slice(1), built: scripts?.['declarations'] })),
    );
    const entries = typed.map(({ entry }) => entry);
    expect(entries.sort()).toEqual(Object.keys(compilerOptions.paths).sort());
    expect(typed.filter(({ built }) => built === undefined)).toEqual([]);
  });

  test('have versions that npm links: it takes no package of the repository from the registry', () => {
    const own = Object.entries(locked).filter(([place]) => place.includes(`node_modules/${scope}`));
    expect(own).toHaveLength(
      workspaces.filter(({ manifest }) => manifest.name.startsWith(scope)).length,
    );
    expect(own.filter(([, { link }]) => link !== true)).toEqual([]);
  });
});

/** The errors of a package, one a line: the code, the fields, and the first paragraph of the comment. */
function errorsOf(folder: string): string {
  const src = join(root, folder, 'src');
  const text = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .sort()
    .map((name) => readFileSync(join(src, name), 'utf8'))
    .join('');
  const classes = text.matchAll(
    /^\/\*\*((?:(?!\*\/)[^])*)\*\/\nexport class \w+ extends EvolockError \{\n([^]*?)^\}/gm,
  );
  const lines = [...classes].flatMap(([, comment = '', body = '']) => {
    const [, type = ''] = /^ {2}readonly code(?:: | = |:)([^]*?);/m.exec(body) ?? [];
    const named = text.split(`export type ${type} =`)[1]?.split(';')[0];
    const fields = [...body.matchAll(/^ {2}(?:override )?readonly (?!code)(\w+):/gm)].map(
      ([, name]) => name,
    );
    const facts = fields.length === 0 ? '' : ` (\`${fields.join('`, `')}\`)`;
    const codes = (named ?? type).matchAll(/(?:\/\*\*((?:(?!\*\/)[^])*)\*\/\s*\| )?'(ERR_\w+)'/g);
    return [...codes].map(([, own = comment, code]) => `- \`${code}\`${facts}: ${plain(own)}\n`);
  });
  return lines.join('');
}

/** The first paragraph of a doc comment, on one line. */
function plain(comment: string): string {
  const [paragraph = ''] = comment
    .replaceAll(/^ *\* ?/gm, '')
    .trim()
    .split('\n\n');
  return paragraph.replaceAll(/\s+/g, ' ').replaceAll(/\{@link (\w+)\}/g, '`$1`');
}

// With `EVOLOCK_WRITE_TRANSCRIPT=1` they are written, as all that documents show of the code.
test.each(
  workspaces.flatMap(({ folder, manifest }) =>
    manifest.private === true || errorsOf(folder) === '' ? [] : [folder],
  ),
)('the errors in the README of %s are those of its doc comments', (folder) => {
  const path = join(root, folder, 'README.md');
  const readme = readFileSync(path, 'utf8');
  const [, before = '', list, after = ''] =
    /^([^]*\n## Errors\n[^]*?\n)((?:- `ERR_.*\n)+)([^]*)$/.exec(readme) ?? [];
  if (process.env['EVOLOCK_WRITE_TRANSCRIPT'] === '1' && list !== undefined)
    writeFileSync(path, before + errorsOf(folder) + after);
  else expect(list).toBe(errorsOf(folder));
});

const calls = new Calls(root);

test.each(
  workspaces.filter(({ manifest }) => manifest.exports?.['.'] !== undefined && !manifest.private),
)(
  'the calls in the README of $folder are exported, with the sentences of their doc comments',
  ({ folder, manifest: { name } }) => {
    const path = join(root, folder, 'README.md');
    const readme = readFileSync(path, 'utf8');
    const rows = calls.rowsOf(name, readme);
    expect(rows.length).toBeGreaterThan(2);
    expect(rows.flatMap(({ unknown }) => unknown)).toEqual([]);
    const written = rows
      .filter(({ says, sentence }) => says !== sentence)
      .reduce(
        (text, { line, call, sentence }) => text.replace(line, () => `| ${call} | ${sentence} |`),
        readme,
      );
    if (process.env['EVOLOCK_WRITE_TRANSCRIPT'] === '1') writeFileSync(path, written);
    else expect(rows.map(({ says }) => says)).toEqual(rows.map(({ sentence }) => sentence));
  },
);

test('a call that no entry exports is found in a README', () => {
  const row =
    '`sum6Kes.verify(key)`, `.sign(message)`, `sum9Kes`, `KesSigningKey.sign()`, `/unsound`, `/nothing`';
  const [{ unknown } = { unknown: [] }] = calls.rowsOf(
    '@evolock/kes-sum',
    `| call | |\n| - | - |\n| ${row} | |\n`,
  );
  expect(unknown).toEqual(['.sign(message)', 'sum9Kes', '/nothing']);
});

describe('the links', () => {
  // The build of the site checks the links of its pages.
  test.each(markdownPages(root).filter((page) => !page.startsWith('site/pages/')))(
    'of %s lead to a file, and to an anchor of it',
    (page) => {
      expect(brokenLinks(root, page)).toEqual([]);
    },
  );

  test('that lead nowhere are found in text, images, HTML and at the code host, and not in code', () => {
    const folder = mkdtempSync(join(tmpdir(), 'links-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'other.md'), '# `Code` — and a word\n\n# Twice\n\n# Twice\n');
    const page = `[a](other.md#code--and-a-word) [b](other.md#twice-1) [c](#here) [d](.)
[e](https://example.org/x) [f](${host}/blob/main/other.md#twice) \`[g](gone.md)\`

# Here

[h](gone.md) [i](other.md#twice-2) [j](#gone) ![k](gone.svg)

<img src="gone.png"> [l](${host}/tree/main/gone.md) [m](../outside.md)
`;
    writeFileSync(join(folder, 'page.md'), page);
    const gone = ['#gone', '../outside.md', 'gone.md', 'gone.png', 'gone.svg'];
    expect(brokenLinks(folder, 'page.md').sort()).toEqual(
      [...gone, `${host}/tree/main/gone.md`, 'other.md#twice-2'].sort(),
    );
  });
});

test('who seals a log, or verifies signatures, installs nothing of Cardano', () => {
  const below = (name: string): readonly string[] => {
    const { below: own = [] } = ladder.find((layer) => layer.name === name) ?? {};
    return [name, ...own.flatMap(below)];
  };
  const installed = ['sealed-log', 'kes-verify', 'kes-sum'].flatMap(below);
  expect(installed).toContain('kes-verify');
  expect(installed.filter((name) => name.startsWith('cardano'))).toEqual([]);
});

/** Texts that call scripts and files of the repository, by their name. */
const callers = [
  ...readdirSync(join(root, '.github/workflows')).map((name) => `.github/workflows/${name}`),
  '.ci/run',
  'package.json',
].map((name) => [name, readFileSync(join(root, name), 'utf8')] as const);

test.each(callers)('%s calls what exists', (name, text) => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const called = [...text.matchAll(/npm run ([\w:]+)/g)].map(([, script = '']) => script);
  expect(called.filter((script) => !Object.hasOwn(scripts, script))).toEqual([]);
  const files = [...text.matchAll(/(?:bash|node) ([\w./-]+\/[\w.-]+)/g)].map(
    ([, file = '']) => file,
  );
  // What a build makes is there when the build before it was made.
  const kept = files.filter((file) => !/(?:^|\/)(?:dist|node_modules)\//.test(file));
  expect(kept.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  // No permission of a workflow but those that its jobs name.
  if (name.endsWith('.yml'))
    expect(text).toMatch(/^permissions:(?: \{\}|\n {2}contents: read)\n$/m);
});

test('an installation of every package runs no script, and cbor-x comes built in', () => {
  const all = Object.entries(locked);
  const scripts = all.filter(([, { hasInstallScript, dev }]) => hasInstallScript && !dev);
  // It comes with cbor-x, which only the benchmark depends on.
  expect(scripts.map(([place]) => place)).toEqual(['node_modules/cbor-extract']);
  const users = all.filter(([, { dependencies = {} }]) => Object.hasOwn(dependencies, 'cbor-x'));
  expect(users.map(([place]) => place)).toEqual(['internal/bench']);
  expect(builtIn(root, ['cardano-kes'])).toMatchObject([
    { name: 'cbor-x', purl: 'pkg:npm/cbor-x@1.6.0' },
  ]);
  const licences = join(root, 'packages/cardano-kes/dist/LICENSES.txt');
  expect(readFileSync(licences, 'utf8')).toContain('Kris Zyp');
});

test.each(workspaces.filter(({ manifest }) => manifest.private !== true))(
  'what npm installs with $folder, its built files load',
  ({ folder, manifest }) => {
    const files = readdirSync(join(root, folder, 'dist'), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.c?js$/.test(name))
      .map((name) => readFileSync(join(root, folder, 'dist', name), 'utf8'));
    const isLoaded = (name: string): boolean => {
      const load = new RegExp(`(?:from |import |\\()["']${name}(?:/[\\w./-]+)?["']`);
      return files.some((text) => load.test(text));
    };
    expect(Object.keys(manifest.dependencies ?? {}).filter((name) => !isLoaded(name))).toEqual([]);
  },
);

test('the command kes installs sodium-native alone, and its bill of materials names the rest', () => {
  const { manifest } = workspaces.find(({ folder }) => folder === 'packages/kes-cli')!;
  expect(manifest.dependencies).toEqual({ [native.name]: native.version });
  const libraries = ['@noble/hashes', '@scure/base', 'cbor-x', 'commander', 'smol-toml'];
  const packages = ladder
    .filter(({ isPrivate }) => isPrivate === undefined)
    .map(({ name }) => scope + name);
  const unused = ['kes-cli', 'kes-verify', 'memory-scan', 'sealed-log', 'test-vectors'];
  const used = packages.filter((name) => !unused.includes(name.replace(scope, '')));
  expect(
    builtIn(root, ['kes-cli'])
      .map(({ name }) => name)
      .sort(),
  ).toEqual([...libraries, ...used].sort());
});

test('the page for evaluators names each library that users get, and the libsodium inside', () => {
  const page = readFileSync(join(root, 'docs/EVALUATE.md'), 'utf8');
  const { packages: locked } = JSON.parse(
    readFileSync(join(root, 'package-lock.json'), 'utf8'),
  ) as { packages: Record<string, { dependencies?: Record<string, string> }> };
  const sodium = join(root, 'node_modules', native.name);
  const [, commit] = /libsodium#(\w+)/.exec(readFileSync(join(sodium, 'CMakeLists.txt'), 'utf8'))!;
  const program = readFileSync(join(sodium, 'prebuilds/linux-x64/sodium-native.node'), 'latin1');
  const [release] = /1\.0\.\d\d/.exec(program)!;
  const installed = workspaces
    .filter(({ manifest }) => manifest.private !== true)
    .flatMap(({ manifest }) => Object.keys(manifest.dependencies ?? {}));
  const names = [
    ...installed,
    ...builtIn(root, ['cardano-kes', 'kes-cli', 'sealed-log']).map(({ name }) => name),
  ];
  const below = (name: string): string[] => [
    name,
    ...Object.keys(locked[`node_modules/${name}`]?.dependencies ?? {}).flatMap(below),
  ];
  const libraries = names.filter((name) => !name.startsWith(scope)).flatMap(below);
  const facts = [...libraries, `${native.name} ${native.version}`, commit!, release];
  expect(facts.filter((fact) => !page.includes(fact))).toEqual([]);
});

test('the rehearsal of a release finds what a package has wrongly, twice or not at all', () => {
  const folder = mkdtempSync(join(tmpdir(), 'evolock-files-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const name of ['dist', 'src']) mkdirSync(join(folder, name));
  const sources = ['../src/a.ts', '../src/b.ts', '../src/c.ts'];
  writeFileSync(
    join(folder, 'dist/a.js.map'),
    JSON.stringify({ sources, sourcesContent: ['code', null, null] }),
  );
  const sound = ['package.json', 'README.md', 'LICENSE', 'src/a.ts', 'src/b.ts'];
  const planted = ['dist/.log', 'src/a.test.ts', 'tsconfig.json'];
  for (const file of [...sound, ...planted]) writeFileSync(join(folder, file), '');
  expect(wrongFiles(folder).sort()).toEqual([
    'CHANGELOG.md is missing',
    'dist/.log is of no kind that users need',
    'src/a.test.ts is of no kind that users need',
    'src/a.ts is in a source map too',
    'src/c.ts is missing',
    'tsconfig.json is of no kind that users need',
  ]);
  rmSync(join(folder, 'dist/a.js.map'));
  expect(wrongFiles(folder)).toContain('src is used by no source map');
});

// Native code can read all memory of a process that holds keys, and the scans hold for one add-on only.
test('with every entry of every package loaded, sodium-native is the only native code', () => {
  const published = workspaces.filter(({ manifest }) => manifest.private !== true);
  const entries = published.flatMap(({ folder, manifest }) => {
    const commands = manifest.bin?.['kes'] === undefined ? [] : ['./dist/main.cjs'];
    const targets = Object.values(manifest.exports as Record<string, { default?: string }>);
    return [...targets.flatMap((target) => target.default ?? []), ...commands]
      .filter((file) => /\.c?js$/.test(file))
      .map((file) => pathToFileURL(join(root, folder, file)).href);
  });
  const script = `
    process.argv.push('--version');
    for (const entry of ${JSON.stringify(entries)}) await import(entry);
    process.on('exit', () => {
      const { sharedObjects } = process.report.getReport();
      console.log(JSON.stringify(sharedObjects.filter((name) => name.endsWith('.node'))));
    });
  `;
  const args = ['--input-type=module', '--eval', script];
  const { stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  const loaded = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as string[];
  expect(entries.length).toBeGreaterThan(20);
  expect(loaded.map((name) => basename(name))).toEqual(['sodium-native.node']);
});

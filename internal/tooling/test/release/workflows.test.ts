// What runs beside rights: the workflows, and the scripts that they call there.
import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}

interface Job {
  readonly needs?: string | readonly string[];
  readonly environment?: string | object;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const workflows = readdirSync(join(root, '.github/workflows')).map(
  (name) => [name, parse(read(`.github/workflows/${name}`)) as Workflow] as const,
);
const jobs = workflows.flatMap(([file, { jobs, permissions }]) =>
  Object.entries(jobs).map(([name, job]) => ({
    name: `${file} ${name}`,
    job,
    rights: Object.entries(job.permissions ?? permissions)
      .filter(([, access]) => access === 'write')
      .map(([right]) => right),
  })),
);
const { jobs: release } = workflows.find(([file]) => file === 'release.yml')![1];

test('a job has the rights that it needs', () => {
  const writing = jobs.filter(({ rights }) => rights.length > 0);
  expect(Object.fromEntries(writing.map(({ name, rights }) => [name, rights]))).toEqual({
    'release.yml pull-request': ['contents', 'pull-requests'],
    'release.yml attest': ['id-token', 'attestations'],
    'release.yml publish': ['contents', 'id-token'],
    'site.yml deploy': ['pages', 'id-token'],
  });
  for (const [, { permissions }] of workflows)
    expect([{}, { contents: 'read' }]).toContainEqual(permissions);
  // The token of the registry is in one step.
  const secrets = jobs.filter(({ job }) => JSON.stringify(job).includes('secrets.'));
  expect(secrets.map(({ name }) => name)).toEqual(['release.yml publish']);
  expect(read('.github/workflows/release.yml').match(/secrets\./g)).toHaveLength(1);
});

describe.each(jobs.filter(({ rights }) => rights.length > 0))('beside rights, $name', ({ job }) => {
  test('runs actions of GitHub, and programs of the runner', () => {
    for (const { uses = 'actions/' } of job.steps) expect(uses).toMatch(/^actions\//);
    for (const { run } of job.steps)
      if (run !== undefined)
        expect(run).toMatch(
          /^(?:node internal\/tooling\/src\/release\/[\w-]+\.mjs(?: [\w./-]+)+|sha512sum --check --strict <<<"\$DIGESTS")$/,
        );
  });

  test('runs scripts that use nothing but Node.js, npm, tar, git and gh', () => {
    const scripts = job.steps.flatMap(({ run = '' }) => /^node (\S+)/.exec(run)?.[1] ?? []);
    for (const text of scripts.map(read)) {
      const modules = [...text.matchAll(/\bfrom '([^']+)'/g)].map(([, name = '']) => name);
      expect(modules.length).toBeGreaterThan(0);
      expect(modules.filter((name) => !isBuiltin(name))).toEqual([]);
      expect(text).not.toMatch(/\bimport\(|\brequire\(|shell:/);
      const programs = [...text.matchAll(/\b(?:run|output)\('([\w-]+)'/g)].map(([, name]) => name);
      expect(['gh', 'git', 'npm', 'tar']).toEqual(expect.arrayContaining(programs));
      // npm publishes and asks. It installs nothing.
      const commands = [...text.matchAll(/'npm', \['(\w+)'/g)].map(([, name]) => name);
      expect(['config', 'publish', 'view']).toEqual(expect.arrayContaining(commands));
    }
  });
});

test('checkouts keep no credentials', () => {
  const checkouts = jobs.flatMap(({ job }) =>
    job.steps.filter(({ uses }) => uses?.startsWith('actions/checkout@')),
  );
  expect(checkouts.length).toBeGreaterThan(5);
  for (const checkout of checkouts)
    expect(checkout.with).toMatchObject({ 'persist-credentials': false });
});

test('the job that publishes gets the digests from the job that packed, which the rehearsal cannot change', () => {
  expect(release['publish']!.needs).toEqual(['build', 'rehearsal', 'attest']);
  const { env } = release['publish']!.steps.at(-1)!;
  expect(env?.['DIGESTS']).toBe('${{ needs.build.outputs.digests }}');
  // What the rehearsal hands on lies in a folder of its own, where it replaces no tarball.
  const downloads = release['publish']!.steps.filter(({ uses }) =>
    uses?.startsWith('actions/download-artifact@'),
  );
  expect(downloads.map((step) => step.with)).toEqual([
    { name: 'packed', path: 'packed' },
    { name: 'sbom', path: 'sbom' },
  ]);
  const uploads = (name: string): unknown[] =>
    release[name]!.steps.filter(({ uses }) => uses?.startsWith('actions/upload-artifact@')).map(
      (step) => step.with?.['name'],
    );
  expect(uploads('build')).toEqual(['version', 'packed']);
  expect(uploads('rehearsal')).toEqual(['sbom']);
  // The job that packs runs locked code: `npm ci`, and no installation of packed files.
  const commands = release['build']!.steps.map(({ run = '' }) => run).join('\n');
  expect(commands).not.toMatch(/npm (?:install|i|exec)\b|release:dry|tools\.mjs/);
});

test('nothing is resolved at the moment when it runs: no npx, and npm ci of lockfiles without scripts', () => {
  const scripts = readdirSync(join(root, 'internal/tooling/src/release')).map(
    (name) => `internal/tooling/src/release/${name}`,
  );
  const files = workflows.map(([name]) => `.github/workflows/${name}`);
  for (const file of [
    ...files,
    ...scripts,
    '.ci/run',
    'package.json',
    'internal/tooling/tools.mjs',
  ])
    expect([file, /\bnpx\b|npm exec|pnpm dlx/.exec(read(file))]).toEqual([file, null]);
  for (const { job } of jobs)
    for (const { run = '' } of job.steps) expect(run).not.toMatch(/npm ci(?! --ignore-scripts)/);
  for (const folder of ['.', '.ci/tools']) {
    expect(read(`${folder}/.npmrc`)).toContain('ignore-scripts=true');
    // The lockfiles name no registry.
    expect(read(`${folder}/package-lock.json`)).not.toMatch(/"resolved": "http/);
  }
});

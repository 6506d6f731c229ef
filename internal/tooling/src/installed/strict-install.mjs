// Command: packs every package. For each README it installs the packages that the README names by pnpm, in its strict
// layout, and runs the first example there. Exits with 1 when an example fails.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fencedExamples, installedBy } from '../examples/fences.mjs';
import { writeExamples } from '../examples/write.mjs';
import { readWorkspaces } from '../manifests/workspaces.mjs';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const published = readWorkspaces(root).filter(({ manifest }) => !manifest.private);
const folder = mkdtempSync(join(tmpdir(), 'evolock-strict-'));

try {
  const tarballs = packAll();
  for (const file of ['README.md', ...published.map((each) => `${each.folder}/README.md`)]) {
    runFirstExample(file, tarballs);
  }
} finally {
  rmSync(folder, { recursive: true });
}

/** @returns {Record<string, string>} the tarball of each package, as a dependency */
function packAll() {
  const names = published.flatMap(({ manifest }) => ['--workspace', manifest.name]);
  const args = ['pack', '--json', '--pack-destination', folder, ...names];
  const packed = execFileSync('npm', args, { cwd: root, encoding: 'utf8' });
  return Object.fromEntries(
    /** @type {{ name: string, filename: string }[]} */ (JSON.parse(packed)).map(
      ({ name, filename }) => [name, `file:${join(folder, filename)}`],
    ),
  );
}

/**
 * @param {string} file a README
 * @param {Record<string, string>} tarballs
 */
function runFirstExample(file, tarballs) {
  const lines = readFileSync(join(root, file), 'utf8').split('\n');
  const [example] = fencedExamples(lines, { file, firstLine: 1 });
  if (example === undefined) return;
  const project = join(folder, file.replaceAll('/', '-'));
  mkdirSync(project);
  const names = installedBy(lines.slice(0, example.line).join('\n'));
  const dependencies = Object.fromEntries(names.map((name) => [name, tarballs[name] ?? '*']));
  const manifest = { private: true, dependencies, pnpm: { overrides: tarballs } };
  writeFileSync(join(project, 'package.json'), JSON.stringify(manifest));
  run(project, 'npx', ['--yes', 'pnpm@10', 'install', '--silent', '--ignore-workspace']);
  const [written] = writeExamples([example], join(project, 'example'));
  const outcome = run(project, process.execPath, [written?.program ?? '']);
  console.log(`${file}, its first example beside ${names.join(' and ')}: ${outcome}`);
  if (outcome !== 'runs') process.exitCode = 1;
}

/**
 * @param {string} cwd
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {string} `runs`, or what went wrong
 */
function run(cwd, command, args) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  return status === 0 ? 'runs' : `exit code ${status}\n${stdout}${stderr}`;
}

// The adapter of the README in Python, before an implementation in Python: see adapters.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runConformance, stdioImplementation } from '../src/index.js';

/** Why the adapter cannot run; `undefined` when it can. It uses the `match` of Python 3.10. */
function whyNoPython(): string | undefined {
  const { error, stdout } = spawnSync('python3', ['--version'], { encoding: 'utf8' });
  if (error !== undefined) return `python3 could not be started: ${error.message}`;
  const [, minor] = /^Python 3\.(\d+)/.exec(stdout) ?? [];
  return Number(minor) >= 10 ? undefined : `python3 is ${stdout.trim()}, and 3.10 is needed`;
}

const reason = whyNoPython();
if (reason !== undefined) console.log(`skipped: the adapter in Python: ${reason}`);

const adapters = new URL('../adapters/', import.meta.url);
const adapter = readFileSync(new URL('adapter.py', adapters), 'utf8');

/** The report on `kes.py`, after a change of its modules. */
async function reportOf(change: string) {
  const path = `import sys; sys.dont_write_bytecode = True; sys.path.insert(0, sys.argv[1])\n${change}\n`;
  const folder = fileURLToPath(adapters);
  const implementation = await stdioImplementation('python3', ['-c', path + adapter, folder]);
  const report = await runConformance(implementation, { maxDepth: 2 });
  await implementation.close();
  return report;
}

test('the package has the adapters, and the README shows the one in Python', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  expect(readme).toContain(`\`\`\`python\n${adapter}\`\`\``);
  const options = { cwd: fileURLToPath(new URL('..', import.meta.url)), encoding: 'utf8' } as const;
  const packing = ['pack', '--dry-run', '--ignore-scripts', '--json'];
  const { stdout } = spawnSync('npm', packing, options);
  const [packed] = JSON.parse(stdout) as { readonly files: readonly { readonly path: string }[] }[];
  const paths = packed?.files.map(({ path }) => path);
  const whole = ['adapter.py', 'ed25519.py', 'kes.go', 'kes.py'].map((name) => `adapters/${name}`);
  expect(paths).toEqual(expect.arrayContaining(whole));
});

test('the adapter of the README has thirty lines of code', () => {
  const lines = adapter.split('\n').filter((line) => line.trim() !== '');
  expect(lines.length).toBeLessThanOrEqual(30);
  expect(lines.length).toBeGreaterThan(0);
});

test.skipIf(reason !== undefined)('an implementation in Python conforms through it', async () => {
  const { failures, conforms, coverage } = await reportOf('');
  expect(failures).toEqual([]);
  expect(conforms).toBe(true);
  expect([...coverage.groups.keys()]).toContain('kes haskell');
});

test.skipIf(reason !== undefined)(
  'the README shows what the runner prints of a mistake',
  async () => {
    const { statement } = await reportOf(`import kes
right = kes.Kes.verify
kes.Kes.verify = lambda self, period, **data: right(self, period=period % self.periods, **data)`);
    const lines = statement.split('\n');
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    const shown = [...lines.slice(0, 4), '…', ...lines.slice(-1)];
    expect(readme).toContain(`\`\`\`text\nkes.py\n${shown.join('\n')}\n\`\`\``);
  },
);

const rejected = ['ERR_EVOLOCK_VALID_REJECTED'];
const differing = ['VERIFICATION_KEY', 'SIGNING_KEY', 'SIGNATURE'].map(
  (what) => `ERR_EVOLOCK_${what}_MISMATCH`,
);

test.skipIf(reason !== undefined).each([
  [
    'small orders',
    'import ed25519; ed25519.has_small_order = lambda point: False',
    ['ERR_EVOLOCK_INVALID_ACCEPTED'],
  ],
  [
    'the prefixes of the seeds',
    'import kes; kes.expand = lambda seed: (kes.hashed(b"\\2", seed), kes.hashed(b"\\1", seed))',
    differing,
  ],
  [
    'the order of siblings',
    'import kes; hashed = kes.hashed; kes.hashed = lambda *parts: hashed(*(parts if len(parts[0]) == 1 else reversed(parts)))',
    [...differing, ...rejected],
  ],
])('a mistake in Python about %s is found through it', async (_, change, codes) => {
  const { causes } = await reportOf(change);
  expect(causes.map(({ code }) => code)).toEqual(expect.arrayContaining(codes));
});

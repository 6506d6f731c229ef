// The adapter in Go that the README names: see adapters.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { runConformance, stdioImplementation } from '../src/index.js';

const hasGo = spawnSync('go', ['version']).status === 0;
const missing = hasGo ? '' : ' (skipped: there is no command go)';

async function reportOf(right = '', wrong = '') {
  const folder = mkdtempSync('/tmp/evolock-go-');
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const source = readFileSync(new URL('../adapters/kes.go', import.meta.url), 'utf8');
  expect(source).toContain(right);
  writeFileSync(`${folder}/kes.go`, source.replace(right, wrong));
  const env = { ...process.env, GO111MODULE: 'off' };
  const built = spawnSync('go', ['build', '-o', 'kes', 'kes.go'], { cwd: folder, env });
  expect(built.status, String(built.stderr)).toBe(0);
  const implementation = await stdioImplementation(`${folder}/kes`, []);
  const report = await runConformance(implementation, { maxDepth: 3 });
  await implementation.close();
  return report;
}

test.skipIf(!hasGo)(
  `an implementation in Go conforms, and a mistake in it is named${missing}`,
  async () => {
    const { failures } = await reportOf();
    expect(failures).toEqual([]);
    const { behavesLike } = await reportOf('|| r.Period >= 1<<r.Depth', '');
    expect(behavesLike.map(({ name }) => name)).toContain(
      'a period after the last one is not refused',
    );
  },
);

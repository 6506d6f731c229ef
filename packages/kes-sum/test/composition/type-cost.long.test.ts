import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');

/** The type instantiations that the compiler counts: the same number on every machine. */
function instantiationsOf(project: string): number {
  const path = fileURLToPath(new URL(`type-cost/${project}`, import.meta.url));
  const { status, stdout } = spawnSync(
    process.execPath,
    [compiler, '-p', path, '--extendedDiagnostics'],
    { encoding: 'utf8' },
  );
  expect(stdout).not.toMatch(/error TS/);
  expect(status).toBe(0);
  return Number(/^Instantiations:\s+(\d+)$/m.exec(stdout)?.[1]);
}

test('type checking at depth 16 takes few instantiations', () => {
  const base = instantiationsOf('tsconfig.nothing.json');
  const steps = instantiationsOf('tsconfig.json') - base;
  expect(steps).toBeGreaterThan(1_000);
  expect(steps).toBeLessThan(6_000);
  console.log(`type checking at depth 16: ${String(steps)} instantiations, beside ${String(base)}`);
});

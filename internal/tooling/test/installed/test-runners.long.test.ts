// Tests of applications: in Jest, and in runners that imitate a browser with jsdom.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { installByNpm, installFlat } from './install.js';

const base = mkdtempSync(join(tmpdir(), 'evolock-test-runners-'));
afterAll(() => rmSync(base, { recursive: true }));

const reason = installByNpm(
  base,
  ...['jest@30.5.2', 'jest-environment-jsdom@30.5.2', 'vitest@4.1.12', 'jsdom@26.1.0'],
);
installFlat(base, ['@evolock/kes-sum']);

/** Fails in the wrong environment. */
writeFileSync(
  join(base, 'kes.test.mjs'),
  `
  import { MLockedSeed, sum6Kes } from '@evolock/kes-sum';
  test('signs', () => {
    expect(typeof window).toBe(process.env.WINDOW);
    const seed = MLockedSeed.newRandom(32);
    const key = sum6Kes.generateKey(seed);
    const message = Uint8Array.of(1, 2, 3);
    expect(sum6Kes.verify(key.deriveVerificationKey(), 0, message, key.sign(message))).toBe(true);
    expect(() => key.sign('text')).toThrow('expected a Uint8Array');
    key.release();
    seed.release();
  });
  `,
);

function run(window: 'undefined' | 'object', program: string, options: readonly string[]) {
  const args = ['--experimental-vm-modules', join(base, 'node_modules', program), ...options];
  // No setting of the runner of this test.
  const outer = Object.entries(process.env).filter(([name]) => !/^(?:VITEST|JEST)/.test(name));
  const env = { ...Object.fromEntries(outer), WINDOW: window, NO_COLOR: '1' };
  const child = spawnSync(process.execPath, args, { cwd: base, env, encoding: 'utf8' });
  return { status: child.status, output: child.stdout + child.stderr };
}

const withJest = (window: 'undefined' | 'object', configuration: object) => {
  writeFileSync(join(base, 'jest.json'), JSON.stringify(configuration));
  return run(window, 'jest/bin/jest.js', ['--config', 'jest.json']);
};
const testMatch = ['**/*.test.mjs'];
const passed = (words: string) => ({ status: 0, output: expect.stringContaining(words) as string });

test.skipIf(reason !== '')(`Jest with ES modules${reason}`, () => {
  expect(withJest('undefined', { testMatch })).toEqual(passed('1 passed'));
});

test.skipIf(reason !== '')(`Jest with jsdom, which has to set a condition${reason}`, () => {
  const jsdom = { testMatch, testEnvironment: 'jsdom' };
  const { status, output } = withJest('object', jsdom);
  expect(status).toBe(1);
  expect(output).toMatch(/@evolock\/kes-verify.* has to set `node`/);
  const testEnvironmentOptions = { customExportConditions: ['node'] };
  expect(withJest('object', { ...jsdom, testEnvironmentOptions })).toEqual(passed('1 passed'));
});

test.skipIf(reason !== '')(`Vitest with jsdom${reason}`, () => {
  const options = ['run', '--globals', '--environment=jsdom', '--root', base];
  expect(run('object', 'vitest/vitest.mjs', options)).toEqual(passed('1 passed'));
});

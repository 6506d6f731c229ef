// macOS, injected into the process. None of this ran on the real system.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onPlatform } from '@evolock/test-support/on-platform';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Log } from '../src/agent/run/log.js';
import type { Context } from '../src/cli/session.js';
import { checkPtraceScope } from '../src/doctor/machine.js';

test.each([
  ['linux', '-t kes-agent --prio-prefix\n', '<29>notice: a line\n'],
  ['darwin', '-t kes-agent\n', 'notice: a line\n'],
] as const)('a line of the system log on %s', async (platform, args, line) => {
  const folder = mkdtempSync(join(tmpdir(), 'kes-logger-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const logger = `#!/bin/sh\necho "$@" > ${folder}/arguments\nexec cat > ${folder}/log\n`;
  writeFileSync(join(folder, 'logger'), logger, { mode: 0o755 });
  vi.stubEnv('PATH', `${folder}:${process.env['PATH'] ?? ''}`);
  onTestFinished(() => void vi.unstubAllEnvs());
  onPlatform(platform);
  const context = { stderr: { write: () => true } } as unknown as Context;
  const log = await Log.open(context, { logTarget: 'syslog' });
  log.write({ level: 'notice', event: 'a-name', words: 'a line', facts: {} });
  await log.close();
  expect(readFileSync(join(folder, 'arguments'), 'utf8')).toBe(args);
  expect(readFileSync(join(folder, 'log'), 'utf8')).toBe(line);
});

test('the ptrace scope is of Linux', () => {
  onPlatform('darwin');
  expect(checkPtraceScope(() => undefined)).toEqual({
    name: 'ptrace scope',
    state: 'unknown',
    found: 'this platform does not report it',
  });
});

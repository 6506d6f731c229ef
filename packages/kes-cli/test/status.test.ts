/** The metrics of `kes status` and the alert on them, by promtool; local times. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, onTestFinished, test, vi } from 'vitest';
import { makeCertificate } from './support/files.js';
import { inFolder } from '@evolock/command-testing/folder';
import { localTimeInWords } from '../src/network/clock.js';
import { kes } from './support/kes.js';

const { error } = spawnSync('promtool', ['--version']);
const reason = error === undefined ? '' : ' (skipped: promtool is not installed)';

test.skipIf(reason !== '')(`metrics are accepted by promtool${reason}`, async () => {
  const [cwd, now] = [inFolder(), new Date('2024-11-15T00:00:00Z')];
  makeCertificate(inFolder('good.cert'), new Uint8Array(32), 1080n);
  makeCertificate(inFolder('over.cert'), new Uint8Array(32), 1018n);
  const line = 'status good.cert over.cert missing.cert --network mainnet --prometheus -';
  const { stdout: input } = await kes(line.split(' '), { cwd, now });
  const { status: code, stderr } = spawnSync('promtool', ['check', 'metrics'], { input });
  expect({ code, stderr: String(stderr) }).toEqual({ code: 0, stderr: '' });
});

test.skipIf(reason !== '')(
  `metrics have rules in the guide that fire when none are written any more${reason}`,
  () => {
    const page = new URL('../../../docs/OPERATORS_GUIDE.md', import.meta.url);
    const [, rules = ''] = /```yaml\n(groups:\n[^`]*)```/.exec(readFileSync(page, 'utf8')) ?? [];
    writeFileSync(inFolder('rules.yml'), rules);
    const file = 'node_textfile_mtime_seconds{file="/var/lib/kes-status/kes.prom"}';
    const firing = (labels: object) => [{ exp_labels: labels }];
    const afterFourHours = (series: string | undefined, alerts: readonly object[]) => ({
      interval: '1m',
      input_series: series === undefined ? [] : [{ series: file, values: series }],
      alert_rule_test: [{ eval_time: '4h', alertname: 'KesStatusNotWritten', exp_alerts: alerts }],
    });
    const tests = {
      rule_files: ['rules.yml'],
      tests: [
        // Written each minute, never after the first minute, and never.
        afterFourHours('0+60x300', []),
        afterFourHours('0+0x300', firing({ file: '/var/lib/kes-status/kes.prom' })),
        afterFourHours(undefined, firing({})),
      ],
    };
    // JSON is YAML.
    writeFileSync(inFolder('tests.yml'), JSON.stringify(tests));
    const options = { cwd: inFolder(), encoding: 'utf8' } as const;
    const { status, stdout, stderr } = spawnSync(
      'promtool',
      ['test', 'rules', 'tests.yml'],
      options,
    );
    expect({ status, stdout, stderr }).toMatchObject({ status: 0 });
  },
);

test('a local time has the offset of its zone, and the end of the range may have none', () => {
  onTestFinished(() => void vi.unstubAllEnvs());
  vi.stubEnv('TZ', 'Asia/Kolkata');
  expect(localTimeInWords(new Date(8.64e15))).toBe('no local time');
  vi.stubEnv('TZ', 'America/St_Johns');
  expect(localTimeInWords(new Date('2026-01-01T00:00:00Z'))).toBe('2025-12-31T20:30:00-03:30');
});

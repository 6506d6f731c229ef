/** `kes status` and `kes period`: what their transcripts cannot show. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { makeCertificate } from './support/files.js';
import { writeGenesis } from './support/own-header.js';
import { inFolder } from '@evolock/command-line/testing/folder';
import { durationInWords, localTimeInWords } from '../src/network/clock.js';
import { kes } from './support/kes.js';

/** KES period 1080 of mainnet. A certificate of this start period ends in 92 days, one of 1024 in 7.9 days. */
const NOW = new Date('2024-11-15T00:00:00Z');
const NETWORK = ['--network', 'mainnet'];
const PUBLIC = new Uint8Array(32);

function status(...args: readonly string[]) {
  return kes(['status', ...args], { cwd: inFolder(), now: NOW });
}

function make(path: string, startPeriod: number): void {
  makeCertificate(inFolder(path), PUBLIC, BigInt(startPeriod));
}

test('a list of pools of another program has paths that are relative to the working folder', async () => {
  make('one.cert', 1080);
  writeFileSync(inFolder('pools.toml'), '[[pool]]\ncert = "one.cert"');
  const fd = openSync(inFolder('pools.toml'), 'r');
  try {
    const { code, stdout } = await status('--pools', `/dev/fd/${fd}`, ...NETWORK);
    expect(code).toBe(0);
    expect(stdout).toMatch(/✓ .*\/one\.cert\n? /);
  } finally {
    closeSync(fd);
  }
});

describe('the picture of the life of a certificate', () => {
  /** The last lines of the output at a period, of a network of 100 slots a period. */
  async function picture(evolutions: number, period: number, start = 1000): Promise<string[]> {
    make('node.cert', start);
    writeGenesis(inFolder('genesis.json'), 100, evolutions);
    const network = ['--genesis', 'genesis.json', '--slot', `${period}00`];
    const { stdout } = await status('--cert', 'node.cert', ...network);
    return stdout.split('\n').slice(-6, -3);
  }

  test.each([1, 2, 3, 5, 31, 33, 62, 64, 100])(
    'of %i evolutions fits into 80 columns at each evolution',
    async (evolutions) => {
      const limit = Math.min(evolutions, 64);
      const columns = Math.floor(64 / limit);
      for (const evolution of new Set([0, 1, limit >> 1, limit - 1])) {
        if (evolution >= limit) continue;
        const [dates = '', row = '', place = ''] = await picture(evolutions, 1000 + evolution);
        for (const line of [dates, row, place]) expect(line.length).toBeLessThanOrEqual(80);
        expect(row).toHaveLength(2 + limit * columns);
        expect(row.split('●').length - 1).toBe(columns);
        // The place is below the first sign of the current evolution.
        expect(/[└┘]/.exec(place)?.index).toBe(row.indexOf('●'));
      }
    },
  );
});

describe('metrics', () => {
  beforeEach(() => {
    make('good.cert', 1080);
    make('over.cert', 1018);
  });

  const ALL = ['good.cert', 'over.cert', 'missing.cert', ...NETWORK];

  test.each(['a "b" c.cert', String.raw`a\nb\.cert`, 'ä€.cert', 'a\nb.cert'])(
    'keep the name %j',
    async (name) => {
      make(name, 1080);
      const { stdout } = await status(name, ...NETWORK, '--prometheus', '-');
      // The three escapes of the format are escapes of JSON.
      const [, text = ''] =
        /^kes_certificate_valid\{name=("(?:[^"\\\n]|\\["\\n])*")\} 1$/m.exec(stdout) ?? [];
      expect(JSON.parse(text)).toBe(name.replace('\n', '\ufffd'));
    },
  );

  test('are replaced in one step, so that a reader has the old or the new ones', async () => {
    await status('good.cert', ...NETWORK, '--prometheus', 'kes.prom');
    const old = readFileSync(inFolder('kes.prom'), 'utf8');
    chmodSync(inFolder('kes.prom'), 0o640);
    const fd = openSync(inFolder('kes.prom'), 'r');
    try {
      await status(...ALL, '--prometheus', 'kes.prom');
      expect(readFileSync(fd, 'utf8')).toBe(old);
    } finally {
      closeSync(fd);
    }
    const text = readFileSync(inFolder('kes.prom'), 'utf8');
    expect(text.match(/^kes_certificate_read\{/gm)).toHaveLength(3);
    expect(statSync(inFolder('kes.prom')).mode & 0o777).toBe(0o640);
    expect(readdirSync(inFolder()).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  const { error } = spawnSync('promtool', ['--version']);
  const reason = error === undefined ? '' : ' (skipped: promtool is not installed)';
  test.skipIf(reason !== '')(`are accepted by promtool${reason}`, async () => {
    const { stdout: input } = await status(...ALL, '--prometheus', '-');
    const { status: code, stderr } = spawnSync('promtool', ['check', 'metrics'], { input });
    expect({ code, stderr: String(stderr) }).toEqual({ code: 0, stderr: '' });
  });

  test.skipIf(reason !== '')(
    `have rules in the guide that fire when none are written any more${reason}`,
    () => {
      const page = new URL('../../../docs/OPERATORS_GUIDE.md', import.meta.url);
      const [, rules = ''] = /```yaml\n(groups:\n[^`]*)```/.exec(readFileSync(page, 'utf8')) ?? [];
      writeFileSync(inFolder('rules.yml'), rules);
      const file = 'node_textfile_mtime_seconds{file="/var/lib/kes-status/kes.prom"}';
      const firing = (labels: object) => [{ exp_labels: labels }];
      const afterFourHours = (series: string | undefined, alerts: readonly object[]) => ({
        interval: '1m',
        input_series: series === undefined ? [] : [{ series: file, values: series }],
        alert_rule_test: [
          { eval_time: '4h', alertname: 'KesStatusNotWritten', exp_alerts: alerts },
        ],
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
});

test.each([
  ['', 'null', '[]', '{}', '7'],
  ['"qKesNodeStateOperationalCertificateNumber":2', ...['-1', '1.5', '"2"', '1e300', 'true']],
  ['"qKesOnDiskOperationalCertificateNumber":7', ...['null', '9007199254740993']],
])('--on-chain takes no file that cardano-cli did not write: %s', async (field, ...wrong) => {
  make('node.cert', 1080);
  const whole = JSON.stringify({
    qKesNodeStateOperationalCertificateNumber: 2,
    qKesOnDiskOperationalCertificateNumber: 7,
    qKesStartKesInterval: 1080,
  });
  for (const each of wrong) {
    const text = field === '' ? each : whole.replace(field, field.replace(/:.*/, `:${each}`));
    writeFileSync(inFolder('info.json'), text);
    const ended = await status('--cert', 'node.cert', ...NETWORK, '--on-chain', 'info.json');
    expect({ each, ...ended }).toMatchObject({ each, code: 1 });
    expect(ended.stderr).toMatch(/it is not what cardano-cli query kes-period-info writes/);
  }
});

test.each([
  [1_000, '1 second'],
  [119_000, '119 seconds'],
  [120_000, '2.0 minutes'],
  [7_200_000, '2.0 hours'],
  [172_800_000, '2.0 days'],
])('%i milliseconds are %s', (milliseconds, words) => {
  expect(durationInWords(milliseconds)).toBe(words);
});

test('a local time has the offset of its zone, and the end of the range may have none', () => {
  onTestFinished(() => void vi.unstubAllEnvs());
  vi.stubEnv('TZ', 'Asia/Kolkata');
  expect(localTimeInWords(new Date(8.64e15))).toBe('no local time');
  vi.stubEnv('TZ', 'America/St_Johns');
  expect(localTimeInWords(new Date('2026-01-01T00:00:00Z'))).toBe('2025-12-31T20:30:00-03:30');
});

/** The rules of alerts, by metrics that the commands really wrote: promtool evaluates them. */
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { append, newPlace, opened, type Opened } from '../support/engines.js';
import { textOf, witnessOf } from '../support/witnesses.js';
import { sealedLog } from '../command/sealed-log.js';
import { deploy, lacks, shipped } from './machines.js';

const RULES = join(deploy, 'sealed-log.rules.yml');
const noPromtool = lacks('promtool');

/** The metrics with their labels and values. */
function samplesIn(
  metrics: string,
): readonly { readonly series: string; readonly value: number }[] {
  return metrics.split('\n').flatMap((line) => {
    const [, series, value] = /^([^#].*) (\S+)$/.exec(line) ?? [];
    return series === undefined ? [] : [{ series, value: Number(value) }];
  });
}

const namesIn = (metrics: string) => new Set(metrics.match(/^sealed_log_\w+/gm));

/** Minutes for which a metric stays before alerts are looked at, longer than each rule waits. */
const MINUTES = 61;

/** The alerts that are raised when a file of metrics stays as it is, and the clock too. */
function alertsOf(metrics: string, now: number): string[] {
  const { folder } = newPlace();
  const file = join(folder, 'test.yml');
  // Times are counted from the evaluation.
  const input_series = samplesIn(metrics).map(({ series, value }) => {
    const isTime = series.includes('_timestamp_seconds');
    const first = isTime ? value - now : value;
    return { series, values: `${first}+${isTime ? 60 : 0}x${MINUTES}` };
  });
  const rules = [...shipped('sealed-log.rules.yml').matchAll(/^ +- alert: (\w+)$/gm)];
  const alerts = rules.map(([, alertname]) => alertname!);
  expect(alerts.length).toBeGreaterThan(10);
  const raised = (name: string): boolean => {
    const alert_rule_test = [{ eval_time: `${MINUTES}m`, alertname: name, exp_alerts: [] }];
    const tests = [{ interval: '1m', input_series, alert_rule_test }];
    // JSON is YAML.
    writeFileSync(file, JSON.stringify({ rule_files: [RULES], evaluation_interval: '1m', tests }));
    const { status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', file], {
      encoding: 'utf8',
    });
    if (status !== 0) expect(`${stdout}${stderr}`).toContain('got:[');
    return status !== 0;
  };
  return alerts.filter(raised);
}

interface Status {
  readonly code: number;
  readonly metrics: string;
  readonly now: number;
}

async function statusOf(
  { place }: Pick<Opened, 'place'>,
  now: number,
  ...more: readonly string[]
): Promise<Status> {
  const file = join(place.folder, 'status.prom');
  const args = ['status', place.log, '--key-file', place.keyFile, '--prometheus', file, ...more];
  const { code } = await sealedLog(args, { now: new Date(now * 1000) });
  return { code, metrics: readFileSync(file, 'utf8'), now };
}

async function running(): Promise<Opened> {
  const place = newPlace();
  append(place, 3);
  const sealer = await opened(place, { depth: 4 });
  await sealer.engine.tick();
  append(place);
  await sealer.engine.seal();
  return sealer;
}

/** Ends the log. Its verifier key is beside the key file, as the command keeps it. */
async function end({ place, engine }: Opened): Promise<void> {
  writeFileSync(`${place.keyFile}.verifier`, `${engine.verifierKey}\n`);
  await engine.close(true);
}

/** Writes a checkpoint of the first entries that a witness cosigned. */
function cosign({ place }: Opened, size: number, time: number): void {
  const root = Buffer.alloc(32).toString('base64');
  const note = `example.com/tests\n${size}\n${root}\n\n`;
  writeFileSync(`${place.log}.cosigned`, note + witnessOf(1).line(textOf(note), time));
}

test('the metrics have what status says, also when it is no good', async () => {
  const sealer = await running();
  const { time, place } = sealer;
  append(place, 2);
  cosign(sealer, 3, time - 7);
  const values = async (now: number, ...more: readonly string[]) => {
    const { code, metrics } = await statusOf(sealer, now, ...more);
    const pairs = samplesIn(metrics).map(({ series, value }) => {
      expect(series).toContain(`{name="${place.log}"}`);
      return [series.replace(/^sealed_log_|\{.*/g, ''), value];
    });
    return { code, ...(Object.fromEntries(pairs) as Record<string, number>) };
  };
  const well = {
    code: 0,
    status_exit_code: 0,
    status_timestamp_seconds: time,
    sealer_running: 1,
    ended: 0,
    last_seal_timestamp_seconds: time,
    clock_ahead_seconds: 0,
    sealed_entries: 4,
    unsealed_entries: 2,
    waiting_entries: 0,
    cosigned_entries: 3,
    cosigned_timestamp_seconds: time - 7,
  };
  expect(await values(time)).toEqual(well);
  expect(await values(time - 9)).toEqual({
    ...well,
    status_timestamp_seconds: time - 9,
    clock_ahead_seconds: 9,
  });
  rmSync(`${place.log}.cosigned`);
  const { cosigned_entries: _, cosigned_timestamp_seconds: __, ...uncosigned } = well;
  expect(await values(time, '--cosigned', `${place.log}.cosigned`)).toEqual({
    ...uncosigned,
    code: 5,
    status_exit_code: 5,
  });
  renameSync(place.seals, `${place.seals}.kept`);
  const code = (await values(time)).code;
  expect(code).not.toBe(0);
  expect(await values(time)).toEqual({
    code,
    status_exit_code: code,
    status_timestamp_seconds: time,
  });
  const other = join(place.folder, 'other.prom');
  writeFileSync(other, 'the file of a person\n');
  const args = ['status', place.log, '--key-file', place.keyFile, '--prometheus', other];
  expect(await sealedLog(args)).toMatchObject({ code: 2 });
  expect(readFileSync(other, 'utf8')).toBe('the file of a person\n');
});

test('what is after the last seal is counted over a rotation, and not guessed', async () => {
  const sealer = await running();
  const { place, time } = sealer;
  const unsealed = async () => {
    const { metrics } = await statusOf(sealer, time, '--rotated', 'audit.log.*');
    return /^sealed_log_unsealed_entries\S* (\d+)$/m.exec(metrics)?.[1];
  };
  expect(await unsealed()).toBe('0');
  append(place, 2);
  appendFileSync(place.log, 'within a line');
  expect(await unsealed()).toBe('2');
  appendFileSync(place.log, '\n');
  renameSync(place.log, `${place.log}.1`);
  append(place, 4);
  expect(await unsealed()).toBe('7');
  copyFileSync(`${place.log}.1`, `${place.folder}/kept`);
  rmSync(`${place.log}.1`);
  expect(await unsealed()).toBe(undefined);
});

test('a log that has ended is no log of a monitor, and is well without one', async () => {
  const sealer = await running();
  const { place, time } = sealer;
  await end(sealer);
  const now = new Date((time + 86_400) * 1000);
  const status = (...more: readonly string[]) =>
    sealedLog(['status', place.log, '--key-file', place.keyFile, ...more], { now });
  expect(await status()).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^✓ .* has ended/),
  });
  const { code, stdout } = await status('--max-age', '30m');
  expect([code, stdout]).toEqual([
    5,
    expect.stringMatching(/^! .* has ended\n {2}✗ the log has ended/),
  ]);
  expect(stdout).not.toContain('no sealer runs');
});

test('every metric of a rule is one that is written', async () => {
  const sealer = await running();
  cosign(sealer, 3, sealer.time);
  const { metrics } = await statusOf(sealer, sealer.time);
  const { metrics: verified } = await fleetOf(sealer, sealer.time);
  const known = new Set([...namesIn(metrics), ...namesIn(verified)]);
  const expressions = shipped('sealed-log.rules.yml')
    .match(/(?<=expr: ).*/g)!
    .join('\n');
  const used = new Set(expressions.match(/sealed_log_\w+/g));
  expect([...used].filter((name) => !known.has(name))).toEqual([]);
  expect(used.size).toBeGreaterThan(8);
});

/** The metrics of a list of one log. */
async function fleetOf({ place, engine }: Opened, now: number): Promise<Status> {
  const file = join(place.folder, 'fleet.prom');
  const folder = join(place.folder, 'safe');
  if (!existsSync(folder)) spawnSync('mkdir', [folder]);
  const list = join(folder, 'fleet.toml');
  const key = JSON.stringify(engine.verifierKey);
  writeFileSync(list, `[[log]]\nname = "web"\nkey = ${key}\nfiles = "../audit.log*"\n`);
  const args = ['verify', '--fleet', list, '--prometheus', file];
  const { code } = await sealedLog(args, { now: new Date(now * 1000) });
  return { code, metrics: readFileSync(file, 'utf8'), now };
}

test.skipIf(noPromtool !== '')(`Prometheus takes the rules${noPromtool}`, () => {
  const { status, stdout } = spawnSync('promtool', ['check', 'rules', RULES], { encoding: 'utf8' });
  expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining('SUCCESS') });
});

test.skipIf(noPromtool !== '')(`alerts on the machine that seals${noPromtool}`, async () => {
  const sealer = await running();
  const { place, time } = sealer;
  cosign(sealer, 3, time - 7);
  const alerts = async (now: number, ...more: readonly string[]) => {
    const { metrics } = await statusOf(sealer, now, ...more);
    return alertsOf(metrics, now);
  };
  expect(await alerts(time)).toEqual([]);
  expect(await alerts(time + 1801)).toEqual(['SealedLogSilent', 'SealedLogStatusUnknown']);
  expect(await alerts(time - 301)).toEqual(['SealedLogClockAhead', 'SealedLogStatusUnknown']);
  cosign(sealer, 3, time - 3601);
  expect(await alerts(time)).toEqual(['SealedLogNotCosigned']);
  rmSync(`${place.log}.cosigned`);
  // Of a file that is not written again, the time says it.
  const { metrics } = await statusOf(sealer, time);
  expect(alertsOf(metrics, time + 901)).toEqual(['SealedLogStatusOld']);
  renameSync(place.log, `${place.folder}/lost`);
  await sealer.engine.tick();
  expect(await alerts(time)).toEqual(['SealedLogFilesChanged']);
  renameSync(`${place.folder}/lost`, place.log);
  await end(sealer);
  expect(await alerts(time + 86_400)).toEqual(['SealedLogEnded']);
});

test.skipIf(noPromtool !== '')(`alerts on the machine that verifies${noPromtool}`, async () => {
  const sealer = await running();
  const { place, time } = sealer;
  const alerts = async (now: number, later = 0) => {
    const { metrics } = await fleetOf(sealer, now);
    return alertsOf(metrics, now + later);
  };
  expect(await alerts(time)).toEqual([]);
  expect(await alerts(time, 3601)).toEqual(['SealedLogsNotVerified']);
  expect(await alerts(time + 1801)).toEqual(['SealedLogMissing']);
  expect(await alerts(time - 301)).toEqual(['SealedLogNotProved']);
  const text = readFileSync(place.log, 'utf8');
  writeFileSync(place.log, text.replace('0.', '7.'));
  expect(await alerts(time)).toEqual(['SealedLogChanged']);
});

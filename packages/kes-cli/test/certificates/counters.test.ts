/** `kes counter`, and `kes status --counter --on-chain`: the numbers of certificates. */
import { linkSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { writeCounter, writeKesVerificationKey } from '@evolock/cardano-kes';
import { beforeEach, describe, expect, test } from 'vitest';
import { envelopeIn, makeColdKey, makeKey } from '../support/files.js';
import { inFolder } from '../support/folder.js';
import { kes, kesJson } from '../support/kes.js';

const COUNTER = 'NodeOperationalCertificateIssueCounter';

beforeEach(() => {
  makeColdKey(inFolder());
});

async function next(): Promise<string> {
  return (await kesJson(['inspect', inFolder('cold.counter')])).json.next as string;
}

describe('kes counter new', () => {
  const make = (...more: readonly string[]) =>
    kesJson(['counter', 'new', '--cold-vkey', inFolder('cold.vkey'), ...more]);

  test('makes the file that cardano-cli makes, from 0 or from another number', async () => {
    const old = readFileSync(inFolder('cold.counter'), 'utf8');
    const { code, json } = await make('--out', inFolder('new.counter'), '--next', '3');
    expect({ code, next: json.next }).toEqual({ code: 0, next: '3' });
    expect(readFileSync(inFolder('new.counter'), 'utf8')).toBe(old);
    expect((await make('--out', inFolder('zero.counter'))).json.next).toBe('0');
    expect(envelopeIn(inFolder('zero.counter'))).toMatchObject({
      type: COUNTER,
      description: 'Next certificate issue number: 0',
    });
  });

  test('replaces no file, and names the command that changes one', async () => {
    for (const name of ['cold.counter', 'cold.vkey']) {
      const before = readFileSync(inFolder(name));
      const { code, stderr } = await make('--out', inFolder(name));
      expect(code).toBe(2);
      expect(JSON.parse(stderr).error.message).toMatch(/exists already: .*kes counter set$/);
      expect(readFileSync(inFolder(name))).toEqual(before);
    }
  });

  test('takes the key as hexadecimal digits or bech32 too', async () => {
    const { json } = await make('--out', inFolder('0.counter'));
    const hex = json.coldVerificationKey as string;
    const one = await kesJson([
      ...['counter', 'new', '--cold-vkey', hex, '--out', inFolder('1.counter')],
    ]);
    expect(one).toMatchObject({ code: 0, json: { coldVerificationKey: hex } });
  });
});

describe('kes counter set', () => {
  const set = (...more: readonly string[]) =>
    kes(['counter', 'set', inFolder('cold.counter'), ...more]);

  test('goes up by one, and shows the old and the new number', async () => {
    const { code, stdout } = await set('--next', '4');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^✓ .*cold\.counter was at 3, and is at 4 now\n/);
    expect(await next()).toBe('4');
    expect(envelopeIn(inFolder('cold.counter')).description).toBe(
      'Next certificate issue number: 4',
    );
    expect((await set('--next', '4')).stdout).toMatch(/is at 4 already/);
  });

  test('leaves a number out with --force only', async () => {
    const refused = await set('--next', '8');
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toMatch(
      /it is at 3, and 8 leaves out numbers from 3 to 7: .*If 7 is the last number on chain, add --force\n$/,
    );
    expect((await set('--next', '5')).stderr).toMatch(/5 leaves out numbers from 3 to 4/);
    expect(await next()).toBe('3');
    expect((await set('--next', '8', '--force')).code).toBe(0);
    expect(await next()).toBe('8');
  });

  test('goes down with --force only, and shows the old and the new number', async () => {
    const before = readFileSync(inFolder('cold.counter'));
    const refused = await set('--next', '1');
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toMatch(
      /it is at 3, and 1 is lower: numbers from 1 to 2 could be used twice.*--force\n$/,
    );
    expect((await set('--next', '2')).stderr).toMatch(
      /number 2 could be used twice\. If no certificate with it is on chain/,
    );
    expect(readFileSync(inFolder('cold.counter'))).toEqual(before);
    expect(await set('--next', '1', '--force')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('was at 3, and is at 1 now'),
    });
    expect(await next()).toBe('1');
  });

  test('changes no link, no counter with two names, and no other file', async () => {
    symlinkSync('cold.counter', inFolder('link'));
    const link = await kes(['counter', 'set', inFolder('link'), '--next', '9']);
    expect(link.code).toBe(3);
    linkSync(inFolder('cold.counter'), inFolder('twin'));
    const twin = await set('--next', '4');
    expect(twin.code).toBe(3);
    expect(twin.stderr).toMatch(/several|more than one name/);
    rmSync(inFolder('twin'));
    const other = await kes(['counter', 'set', inFolder('cold.vkey'), '--next', '9']);
    expect(other.code).toBe(1);
    expect((await kes(['counter', 'set', '-', '--next', '9'])).code).toBe(2);
    expect(await next()).toBe('3');
    expect(readdirSync(inFolder()).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  test('refuses a damaged counter, and writes nothing', async () => {
    writeFileSync(inFolder('cold.counter'), '{"type": "');
    const { code, stderr } = await set('--next', '9', '--force');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^kes: error: [^\n]+\n$/);
    expect(readFileSync(inFolder('cold.counter'), 'utf8')).toBe('{"type": "');
  });
});

describe('kes inspect --on-chain', () => {
  test.each([
    ['2', 0, /the network accepts number 3: 2 is the last number on chain/],
    ['1', 0, /gave number 2, which is not on chain yet.*--reuse-number 2$/],
    ['0', 1, /refuses number 3: .*and 0 or 1 is accepted: kes counter set .* --next 1 --force$/],
    ['3', 1, /number 3 is on chain already: kes counter set .*cold\.counter --next 4$/],
    ['9', 1, /refuses number 3: .*: kes counter set .*cold\.counter --next 10 --force$/],
    ['none', 1, /no certificate of the pool is on chain.*: kes counter set .* --next 0 --force/],
  ])('a counter at 3 and %s on chain ends with %i', async (last, code, says) => {
    const path = inFolder('cold.counter');
    const seen = await kesJson(['inspect', path, '--on-chain', last]);
    expect(seen.code).toBe(code);
    expect(seen.json).toMatchObject({ next: '3', valid: code === 0 });
    const { words } = seen.json.checks[0];
    expect(words).toMatch(says);
    if (code === 0) return;
    const [, command = ''] = /: kes (counter set .*)$/.exec(words as string) ?? [];
    expect((await kes(command.split(' '))).code).toBe(0);
    expect((await kes(['inspect', path, '--on-chain', last])).code).toBe(0);
  });

  test.each(['0', '1', '2'])('a counter at %s is right before the first block', async (at) => {
    await kes(['counter', 'set', inFolder('cold.counter'), '--next', at, '--force']);
    const path = inFolder('cold.counter');
    expect((await kes(['inspect', path, '--on-chain', 'none'])).code).toBe(0);
  });

  test.each([
    ['one', /--on-chain one: it is not a whole number, not none, and not a file/],
    [String(1n << 64n), /--on-chain 18446744073709551616: it is not a whole number below 2\^64/],
    // A file names no pool.
    ['/dev/null', /no certificate is given to compare it with: give the number, or none/],
  ])('needs a number or none: %s', async (text, says) => {
    const { code, stderr } = await kes([
      ...['inspect', inFolder('cold.counter'), '--on-chain', text],
    ]);
    expect(code).toBe(2);
    expect(stderr).toMatch(says);
  });
});

test('kes inspect refuses an option that would check nothing of the file', async () => {
  for (const [file, option, says] of [
    ['cold.vkey', '--on-chain', /cold\.vkey: it is not a counter, and --on-chain is about one/],
    ['cold.counter', '--kes-vkey', /cold\.counter: it is not a certificate, and --cold-vkey and/],
    ['cold.vkey', '--cold-vkey', /cold\.vkey: it is not a certificate, and --cold-vkey and/],
  ] as const) {
    const { code, stderr } = await kes(['inspect', inFolder(file), option, '1']);
    expect(code).toBe(2);
    expect(stderr).toMatch(says);
  }
});

describe('kes status', () => {
  /** A certificate with number 3; the counter is at 4 afterwards. */
  beforeEach(async () => {
    writeKesVerificationKey(inFolder('kes.vkey'), makeKey(inFolder('kes.skey')));
    await kes([
      ...['opcert', 'issue', '--kes-vkey', inFolder('kes.vkey')],
      ...['--cold-skey', inFolder('cold.skey'), '--counter', inFolder('cold.counter')],
      ...['--unchecked', '--start-period', '5', '--out', inFolder('node.cert')],
    ]);
  });

  function status(...more: readonly string[]) {
    const numbers = ['--slots-per-kes-period', '100', '--max-kes-evolutions', '62'];
    const place = ['status', '--cert', inFolder('node.cert'), ...numbers, '--slot', '600'];
    return kesJson([...place, ...more]);
  }

  test.each([
    ['2', 0, [/accepts number 3/, /gave number 3, which is not on chain yet.*--reuse-number 3$/]],
    ['3', 0, [/accepts number 3/, /cold\.counter: the network accepts number 4/]],
    ['4', 1, [/refuses number 3.*; issue one with 5$/, /4 is on chain already: .*--next 5$/]],
    ['1', 1, [/refuses number 3.*; issue one with 2$/, /refuses number 4: .*--next 2 --force$/]],
  ])('with %s on chain ends with %i', async (last, code, says) => {
    const seen = await status('--counter', inFolder('cold.counter'), '--on-chain', last);
    expect({ code: seen.code, valid: seen.json.valid }).toEqual({ code, valid: code === 0 });
    const words = seen.json.checks.slice(2).map((check: { words: string }) => check.words);
    expect(words).toHaveLength(2);
    expect(words[0]).toMatch(says[0] ?? /never/);
    expect(words[1]).toMatch(says[1] ?? /never/);
  });

  /** What cardano-cli writes with --out-file about a certificate, when this number is on chain. */
  function periodInfo(last: number | null, number = 3, start = 5): string {
    const path = inFolder('period.info');
    const fields = {
      qKesCurrentKesPeriod: 6,
      qKesEndKesInterval: start + 62,
      qKesKesKeyExpiry: '2026-02-24T12:00:00Z',
      qKesMaxKESEvolutions: 62,
      qKesNodeStateOperationalCertificateNumber: last,
      qKesOnDiskOperationalCertificateNumber: number,
      qKesRemainingSlotsInKesPeriod: 7020658,
      qKesSlotsPerKesPeriod: 129600,
      qKesStartKesInterval: start,
    };
    writeFileSync(path, JSON.stringify(fields, undefined, 4));
    return path;
  }

  test('reads what is on chain from the file of cardano-cli about this certificate', async () => {
    expect(await status('--on-chain', periodInfo(2))).toMatchObject({ code: 0 });
    const low = await status('--on-chain', periodInfo(null));
    expect(low.code).toBe(1);
    expect(low.json.checks[2].words).toMatch(/no certificate of the pool is on chain.*with 0$/);
    for (const [number, start] of [
      [4, 5],
      [3, 6],
    ] as const) {
      const { code, stderr } = await status('--on-chain', periodInfo(2, number, start));
      expect(code).toBe(1);
      expect(stderr).toMatch(/it is about a certificate with number .*number 3 from period 5/);
    }
  });

  test.each([
    ['', 'null', '[]', '{}', '7'],
    ['"qKesNodeStateOperationalCertificateNumber": 2', ...['-1', '1.5', '"2"', '1e300', 'true']],
    ['"qKesOnDiskOperationalCertificateNumber": 3', ...['null', '9007199254740993']],
  ])('refuses a file that cardano-cli did not write: %s', async (field, ...wrong) => {
    const whole = readFileSync(periodInfo(2), 'utf8');
    for (const each of wrong) {
      const name = field.replace(/ .*/, ' ');
      writeFileSync(
        inFolder('period.info'),
        field === '' ? each : whole.replace(field, name + each),
      );
      const { code, stderr } = await status('--on-chain', inFolder('period.info'));
      expect({ each, code }).toEqual({ each, code: 1 });
      expect(stderr).toMatch(/it is not what cardano-cli query kes-period-info writes/);
    }
  });

  test('refuses an old copy of the counter, and the counter of another key', async () => {
    const path = inFolder('cold.counter');
    await kes(['counter', 'set', path, '--next', '3', '--force']);
    const old = await status('--counter', path);
    expect(old).toMatchObject({ code: 1, json: { valid: false } });
    expect(old.json.checks.at(-1).words).toMatch(
      /gives 3 next, and this certificate has 3: it is an old copy, unless/,
    );
    await kes(['counter', 'set', path, '--next', '7', '--force']);
    const later = await status('--counter', path);
    expect(later.code).toBe(0);
    expect(later.json.checks.at(-1).words).toMatch(/3 later numbers were given/);
    writeCounter(inFolder('o.counter'), { next: 4n, coldVerificationKey: new Uint8Array(32) });
    const other = await status('--counter', inFolder('o.counter'), '--on-chain', '3');
    expect(other.code).toBe(1);
    expect(other.json.checks.at(-1).words).toMatch(
      /these files are of two pools: .*o\.counter is of pool1/,
    );
  });
});

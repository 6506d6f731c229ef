/** `kes counter`, and `kes status --counter --on-chain`: the numbers of certificates. */
import { linkSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { writeCounter, writeKesVerificationKey } from '@evolock/cardano-kes';
import { beforeEach, describe, expect, it } from 'vitest';
import { envelopeIn, makeColdKey, makeKey } from '../support/files.js';
import { inFolder } from '../support/folder.js';
import { kes, kesJson } from '../support/kes.js';

const COUNTER = 'NodeOperationalCertificateIssueCounter';

beforeEach(() => {
  makeColdKey(inFolder());
});

async function next(): Promise<string> {
  return (await kesJson(['counter', 'inspect', inFolder('cold.counter')])).json.next as string;
}

describe('kes counter new', () => {
  const make = (...more: readonly string[]) =>
    kesJson(['counter', 'new', '--cold-vkey', inFolder('cold.vkey'), ...more]);

  it('makes the file that cardano-cli makes, from 0 or from another number', async () => {
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

  it('replaces no file, and names the command that changes one', async () => {
    for (const name of ['cold.counter', 'cold.vkey']) {
      const before = readFileSync(inFolder(name));
      const { code, stderr } = await make('--out', inFolder(name));
      expect(code).toBe(2);
      expect(JSON.parse(stderr).error.message).toMatch(/exists already: .*kes counter set$/);
      expect(readFileSync(inFolder(name))).toEqual(before);
    }
  });

  it('takes the key as hexadecimal digits or bech32 too', async () => {
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

  it('goes up, and shows the old and the new number', async () => {
    const { code, stdout } = await set('--next', '8');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^✓ .*cold\.counter was at 3, and is at 8 now\n/);
    expect(await next()).toBe('8');
    expect(envelopeIn(inFolder('cold.counter')).description).toBe(
      'Next certificate issue number: 8',
    );
    expect((await set('--next', '8')).stdout).toMatch(/is at 8 already/);
  });

  it('goes down with --force only, and shows the old and the new number', async () => {
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

  it('changes no link, no counter with two names, and no other file', async () => {
    symlinkSync('cold.counter', inFolder('link'));
    const link = await kes(['counter', 'set', inFolder('link'), '--next', '9']);
    expect(link.code).toBe(3);
    linkSync(inFolder('cold.counter'), inFolder('twin'));
    const twin = await set('--next', '9');
    expect(twin.code).toBe(3);
    expect(twin.stderr).toMatch(/several|more than one name/);
    rmSync(inFolder('twin'));
    const other = await kes(['counter', 'set', inFolder('cold.vkey'), '--next', '9']);
    expect(other.code).toBe(1);
    expect((await kes(['counter', 'set', '-', '--next', '9'])).code).toBe(2);
    expect(await next()).toBe('3');
    expect(readdirSync(inFolder()).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('refuses a damaged counter, and writes nothing', async () => {
    writeFileSync(inFolder('cold.counter'), '{"type": "');
    const { code, stderr } = await set('--next', '9', '--force');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^kes: error: [^\n]+\n$/);
    expect(readFileSync(inFolder('cold.counter'), 'utf8')).toBe('{"type": "');
  });
});

describe('kes counter inspect --on-chain', () => {
  it.each([
    ['2', 0, /2 is the last number on chain, and 3, .* is accepted/],
    ['1', 0, /2 was given and is not on chain yet.*--reuse-number 2\)/],
    ['0', 1, /too high: numbers were left out; .*--next 1 --force/],
    ['3', 1, /used already; .*--next 4$/],
    ['9', 1, /used already; .*--next 10$/],
    ['none', 1, /no certificate is on chain.*too high.*--next 1 --force/],
  ])('a counter at 3 and %s on chain ends with %i', async (last, code, says) => {
    const path = inFolder('cold.counter');
    const seen = await kesJson(['counter', 'inspect', path, '--on-chain', last]);
    expect(seen.code).toBe(code);
    expect(seen.json).toMatchObject({ next: '3', valid: code === 0 });
    expect(seen.json.checks[0].words).toMatch(says);
  });

  it.each(['0', '1', '2'])('a counter at %s is right before the first block', async (at) => {
    await kes(['counter', 'set', inFolder('cold.counter'), '--next', at, '--force']);
    const path = inFolder('cold.counter');
    expect((await kes(['counter', 'inspect', path, '--on-chain', 'none'])).code).toBe(0);
  });

  it('needs a number or none', async () => {
    const { code, stderr } = await kes([
      ...['counter', 'inspect', inFolder('cold.counter'), '--on-chain', 'one'],
    ]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/not a whole number below 2\^64, and not none/);
  });
});

describe('kes status', () => {
  /** A certificate with number 3; the counter is at 4 afterwards. */
  beforeEach(async () => {
    writeKesVerificationKey(inFolder('kes.vkey'), makeKey(inFolder('kes.skey')));
    await kes([
      ...['opcert', 'issue', '--kes-vkey', inFolder('kes.vkey')],
      ...['--cold-skey', inFolder('cold.skey'), '--counter', inFolder('cold.counter')],
      ...['--start-period', '5', '--out', inFolder('node.cert')],
    ]);
  });

  function status(...more: readonly string[]) {
    const numbers = ['--slots-per-kes-period', '100', '--max-kes-evolutions', '62'];
    const place = ['status', '--cert', inFolder('node.cert'), ...numbers, '--slot', '600'];
    return kesJson([...place, ...more]);
  }

  it.each([
    ['2', 0, [/3, that of this certificate, is accepted/, /3 was given and is not on chain yet/]],
    ['3', 0, [/3, that of this certificate, is accepted/, /4, the next number.* is accepted/]],
    ['4', 1, [/is lower: the network refuses it/, /used already; .*--next 5/]],
    ['1', 1, [/is too high: .*until a block with 2 .*with 2$/, /too high: .*--next 2 --force/]],
  ])('with %s on chain ends with %i', async (last, code, says) => {
    const seen = await status('--counter', inFolder('cold.counter'), '--on-chain', last);
    expect({ code: seen.code, valid: seen.json.valid }).toEqual({ code, valid: code === 0 });
    const words = seen.json.checks.slice(2).map((check: { words: string }) => check.words);
    expect(words[0]).toMatch(says[0] ?? /never/);
    expect(words[1]).toMatch(/gives 4 next, the number after this certificate/);
    expect(words[2]).toMatch(says[1] ?? /never/);
  });

  it('refuses an old copy of the counter, and the counter of another key', async () => {
    const path = inFolder('cold.counter');
    await kes(['counter', 'set', path, '--next', '3', '--force']);
    const old = await status('--counter', path);
    expect(old).toMatchObject({ code: 1, json: { valid: false } });
    expect(old.json.checks.at(-1).words).toMatch(/an old copy; .*--next 4/);
    await kes(['counter', 'set', path, '--next', '7']);
    const later = await status('--counter', path);
    expect(later.code).toBe(0);
    expect(later.json.checks.at(-1).words).toMatch(/3 later numbers were given/);
    writeCounter(inFolder('o.counter'), { next: 4n, coldVerificationKey: new Uint8Array(32) });
    const other = await status('--counter', inFolder('o.counter'), '--on-chain', '3');
    expect(other.code).toBe(1);
    expect(other.json.checks.at(-1).words).toMatch(/of another cold key/);
  });
});

/** Real headers, the cases of the consensus suite, and headers made here, through the command. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { externalVectors } from '@evolock/test-vectors';
import { describe, expect, it } from 'vitest';
import { named } from './support/external.js';
import { inFolder } from './support/folder.js';
import { kes, kesJson, kesLines, program, type Json } from './support/kes.js';
import {
  array,
  byteString,
  EVOLUTION,
  ownHeader,
  PARAMETERS,
  unsigned,
} from './support/own-header.js';

/** The numbers of a network, as options. */
function network(slotsPerKesPeriod: number | bigint, maxKesEvolutions: number | bigint): string[] {
  return [
    ...['--slots-per-kes-period', String(slotsPerKesPeriod)],
    ...['--max-kes-evolutions', String(maxKesEvolutions)],
  ];
}

interface Entry {
  readonly hex: string;
  readonly name: string;
  readonly network: string[];
  readonly data: Json;
}

/** Entries of one network are one run. */
function byNetwork(entries: readonly Entry[]): Map<string, Entry[]> {
  const groups = new Map<string, Entry[]>();
  for (const entry of entries) {
    const key = entry.network.join(' ');
    groups.set(key, [...(groups.get(key) ?? []), entry]);
  }
  return groups;
}

const real = externalVectors('real-headers.json');

describe('real headers', () => {
  it.skipIf(!real.available)(
    named(
      'come out as their file says: in binary, in a directory, in hexadecimal, from standard input',
      real,
    ),
    async () => {
      const entries = ((real.available ? real.data : []) as Json[])
        .filter(
          ({ headerHex, expected }) =>
            headerHex && expected?.slotsPerKESPeriod && expected.maxKESEvolutions,
        )
        .map((data, index): Entry => ({
          hex: data.headerHex as string,
          name: `${index}.header`,
          network: network(data.expected.slotsPerKESPeriod, data.expected.maxKESEvolutions),
          data,
        }));
      expect(entries.length).toBeGreaterThan(0);
      for (const group of byNetwork(entries).values()) {
        const folder = inFolder(group[0]!.name.replace('.header', ''));
        mkdirSync(folder);
        for (const { name, hex } of group)
          writeFileSync(join(folder, name), Buffer.from(hex, 'hex'));
        const args = ['header', 'verify', ...group[0]!.network];
        const { lines, summary, code, stderr } = await kesLines([...args, folder]);
        expect(stderr).toBe('');
        const invalid = group.filter(({ data }) => data.valid === false).length;
        expect({ code, ...summary }).toEqual({
          code: invalid === 0 ? 0 : 1,
          exitCode: code,
          all: invalid === 0,
          headers: group.length,
          valid: group.length - invalid,
          invalid,
          notHeaders: 0,
          notRead: 0,
          skipped: 0,
        });
        const found = new Map<string, Json>(lines.map((header: Json) => [header.source, header]));
        for (const { name, data } of group) {
          const { header, period, evolution, certificateSignature, kesSignature } = found.get(
            join(folder, name),
          );
          const { expected } = data;
          expect({ name, pool: header.poolId.hex, slot: Number(header.slot) }).toEqual({
            name,
            pool: expected.poolIdHex ?? header.poolId.hex,
            slot: data.slot ?? Number(header.slot),
          });
          expect(header.hash).toBe(expected.headerHash ?? header.hash);
          expect(Number(period)).toBe(expected.kesPeriodOfSlot ?? Number(period));
          expect(Number(evolution.value)).toBe(expected.evolution ?? Number(evolution.value));
          expect(certificateSignature === 'good').toBe(expected.opcertValid ?? true);
          expect(kesSignature === 'good').toBe(expected.kesValid ?? true);
        }
        const typed = await kesLines([...args, '-'], {
          input: group.map(({ hex }) => hex).join('\n'),
        });
        expect(typed.lines.map(({ valid }: Json) => valid)).toEqual(
          group.map(({ data }) => data.valid ?? true),
        );
      }
    },
  );
});

const consensus = externalVectors('consensus-header-cases.json');

describe('the cases of the consensus suite', () => {
  it.skipIf(!consensus.available)(
    named('come out as certificate and KES signature demand', consensus),
    async () => {
      const entries = ((consensus.available ? consensus.data : []) as Json[]).map(
        (data, index): Entry => ({
          hex: data.headerHex as string,
          name: String(index),
          network: network(data.slotsPerKESPeriod, data.maxKESEvo),
          data,
        }),
      );
      expect(entries.length).toBeGreaterThan(0);
      for (const group of byNetwork(entries).values()) {
        const input = group.map(({ hex }) => hex).join('\n');
        const { lines } = await kesLines(['header', 'verify', ...group[0]!.network, '-'], {
          input,
        });
        const verdicts = lines.map(({ valid }: Json) => valid as boolean);
        expect(verdicts).toEqual(
          group.map(({ data }) => data.opcertOk === true && data.kesOk === true),
        );
      }
    },
  );
});

describe('the signing keys of the consensus suite', () => {
  it.skipIf(!consensus.available)(
    named('sign the headers again byte for byte, each at its evolution', consensus),
    { timeout: 300_000 },
    async () => {
      const cases = ((consensus.available ? consensus.data : []) as Json[]).filter(
        ({ kesOk, kesSignKeyHex, evolution }) => kesOk && kesSignKeyHex && evolution < 64,
      );
      let signed = 0;
      for (const { headerHex, kesSignKeyHex, evolution } of cases) {
        const skey = inFolder('kes.skey');
        const cborHex = `590260${kesSignKeyHex as string}`;
        const type = 'KesSigningKey_ed25519_kes_2^6';
        writeFileSync(skey, JSON.stringify({ type, description: '', cborHex }), { mode: 0o600 });
        // A header: the head of an array of two, the body, the head of a string of 448 bytes and the signature.
        const header = Buffer.from(headerHex as string, 'hex');
        const input = header.subarray(1, -451);
        const args = ['sign', '--skey', skey, '--period', String(evolution), '-'];
        if (signed === 0)
          expect(await kes(args, { input })).toMatchObject({
            code: 2,
            stdout: '',
            stderr: expect.stringContaining('--block-header') as string,
          });
        const { code, json } = await kesJson([...args, '--block-header'], { input });
        expect(code).toBe(0);
        // A case about something else may come with a key that is not the one its header names.
        if (!(headerHex as string).includes(json.verificationKey as string)) continue;
        expect(json.signature).toBe(header.subarray(-448).toString('hex'));
        signed += 1;
      }
      expect(signed).toBeGreaterThan(0);
    },
  );
});

const nothing = array([], 'shortest');
/** A header with the transactions of its block, of which there are none. */
const BLOCK = array([ownHeader(), nothing, nothing, array([], 'shortest'), nothing], 'shortest');

describe('a header made here', () => {
  const args = [
    'header',
    'verify',
    ...network(PARAMETERS.slotsPerKesPeriod, PARAMETERS.maxKesEvolutions),
  ];

  it.each([
    ['in the old shape', ownHeader({ format: 'TPraos' }), true],
    ['with heads that are longer than they need be', ownHeader({ heads: 'longest' }), false],
    ['of indefinite length', ownHeader({ indefinite: true }), false],
    ['in a block', BLOCK, true],
    ['in a block with its era', array([unsigned(6, 'shortest'), BLOCK], 'shortest'), true],
  ])('%s is judged as a node judges it', async (_name, input, canonical) => {
    const { code, lines } = await kesLines([...args, '-'], { input });
    expect({ code, failures: lines[0].failures, canonical: lines[0].canonical }).toEqual({
      code: 0,
      failures: [],
      canonical,
    });
    expect(lines[0].evolution.value).toBe(String(EVOLUTION));
    const { stdout } = await kes([...args, '-'], { input });
    expect(stdout.includes('NOT canonical')).toBe(!canonical);
    expect(stdout).toContain('KES signature: good');
  });

  it('that was changed is not valid, and the output says why', async () => {
    const changed = ownHeader();
    changed[changed.length - 1]! ^= 1;
    const { code, stdout, stderr } = await kes([...args, '-'], { input: changed });
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toContain('standard input  NOT valid: the hot key did not sign');
    expect(stdout).toContain('✗ KES signature: bad');
    expect(stdout).toContain('NOT checked');
  });

  it('differs from what is no header, in text, JSON and exit code', async () => {
    const changed = ownHeader();
    changed[changed.length - 1]! ^= 1;
    writeFileSync(inFolder('good'), ownHeader());
    writeFileSync(inFolder('forged'), changed);
    writeFileSync(inFolder('stray'), byteString(new Uint8Array(3), 'shortest'));
    const [good, forged, stray] = ['good', 'forged', 'stray'].map((name) => inFolder(name));
    const { code, stdout } = await kes([...args, good!, forged!, stray!]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^✓ \S+good {2}slot 1200, evolution 5, pool1/m);
    expect(stdout).toMatch(/^✗ \S+forged {2}NOT valid: /m);
    expect(stdout).toMatch(/^\? \S+stray:1 {2}not a header: /m);
    expect(stdout).toContain('1 of 2 headers is NOT valid');
    expect(stdout).toContain('1 is no header');
    const both = await kesLines([...args, good!, stray!]);
    expect(both.lines.map(({ result }: Json) => result)).toEqual(['valid', 'not-a-header']);
    expect({ code: both.code, ...both.summary }).toMatchObject({
      code: 4,
      exitCode: 4,
      all: false,
    });
    expect((await kes([...args, stray!])).code).toBe(4);
  });
});

const verify = [
  'header',
  'verify',
  ...network(PARAMETERS.slotsPerKesPeriod, PARAMETERS.maxKesEvolutions),
];
const HEX = Buffer.from(ownHeader()).toString('hex');

describe('a directory', () => {
  it('has names that are bytes; whatever is not read is said, counted, and makes it not all', async () => {
    mkdirSync(inFolder('headers', '.hidden'), { recursive: true });
    mkdirSync(inFolder('headers', 'inner'));
    const folder = Buffer.from(inFolder('headers'));
    writeFileSync(Buffer.concat([folder, Buffer.from([0x2f, 0xff, 0xfe])]), ownHeader());
    writeFileSync(inFolder('headers', 'one\ntwo'), ownHeader());
    symlinkSync('nowhere', inFolder('headers', 'dangling'));
    symlinkSync('..', inFolder('headers', 'inner', 'up'));
    symlinkSync('loop', inFolder('headers', 'inner', 'loop'));
    execFileSync('mkfifo', [inFolder('headers', 'pipe')]);
    const { code, lines, summary } = await kesLines([...verify, inFolder('headers'), 'missing']);
    const results = lines.map(({ source, result, reason }: Json) => [
      (source as string).replace(`${inFolder('headers')}/`, ''),
      reason ?? result,
    ]);
    expect(results).toEqual([
      ['.hidden', 'it is hidden'],
      ['dangling', 'it is a symbolic link that leads nowhere'],
      ['inner/loop', 'its symbolic links go in a circle'],
      ['inner/up', 'it leads to a directory that contains it'],
      ['one\u{fffd}two', 'valid'],
      ['pipe', 'it is no regular file'],
      [expect.stringMatching(/\\xff\\xfe$/), 'valid'],
      ['missing', 'there is no such file'],
    ]);
    expect({ code, ...summary }).toMatchObject({
      code: 3,
      all: false,
      valid: 2,
      notRead: 5,
      skipped: 1,
    });
    const { stdout } = await kes([...verify, inFolder('headers')]);
    expect(stdout).not.toContain('all 2');
    expect(stdout).toContain('4 were not read');
  });

  it('with nothing but hidden files beside its headers is valid, but not all', async () => {
    mkdirSync(inFolder('headers'));
    writeFileSync(inFolder('headers', '.DS_Store'), 'no header');
    for (const name of ['one', 'two']) writeFileSync(inFolder('headers', name), ownHeader());
    const { code, summary } = await kesLines([...verify, inFolder('headers')]);
    expect({ code, all: summary.all, skipped: summary.skipped }).toEqual({
      code: 0,
      all: false,
      skipped: 1,
    });
  });
});

describe('a stream', () => {
  it('gives each verdict before the next header comes', async () => {
    const child = spawn(process.execPath, [program, ...verify, '--json', '-']);
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    for (let number = 1; number <= 3; number += 1) {
      child.stdin.write(`${HEX}\n`);
      const { value } = await lines.next();
      expect(JSON.parse(value as string)).toMatchObject({
        source: `standard input:${number}`,
        result: 'valid',
      });
    }
    child.stdin.end();
    expect(JSON.parse((await lines.next()).value as string).summary).toMatchObject({ valid: 3 });
  });

  it('stops when its reader has enough', async () => {
    const child = spawn(process.execPath, [program, ...verify, '-']);
    // Without an end: only the reader ends it. There is no `drain` as long as the system takes all at once.
    const more = () => {
      while (child.stdin.write(`${HEX}\n`.repeat(100)));
    };
    child.stdin.on('error', () => undefined).on('drain', more);
    more();
    child.stdout.once('data', () => child.stdout.destroy());
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(0);
  });

  it('takes any number of headers and lines in a heap of 32 MB', async () => {
    const node = ['--max-old-space-size=32'];
    const many = inFolder('many');
    writeFileSync(many, `${HEX}\n`.repeat(3_000));
    const headers = await kesLines([...verify, many], { node });
    expect({ code: headers.code, valid: headers.summary.valid }).toEqual({ code: 0, valid: 3_000 });
    const inputs: [name: string, content: Buffer | string][] = [
      ['short lines', '80\n'.repeat(2_000_000)],
      ['lines of one digit', '8\n'.repeat(3_000_000)],
      ['lines of many lengths', '8\n88\n888\n'.repeat(600_000)],
      ['empty lines', Buffer.alloc(6_000_000, '\n')],
      ['lines of one space', ' \n'.repeat(3_000_000)],
      ['one long line', Buffer.alloc(60_000_000, '8')],
      ['one binary', Buffer.alloc(60_000_000, 0x81)],
      ['JSON', `{"cborHex":"${'00'.repeat(3_000_000)}"}`],
    ];
    for (const [name, content] of inputs) writeFileSync(inFolder(name), content);
    const names = inputs.map(([name]) => inFolder(name));
    const { code, lines } = await kesLines([...verify, ...names], { node });
    expect(code).toBe(4);
    expect(lines.map(({ result }: Json) => result)).toEqual(inputs.map(() => 'not-a-header'));
  });
});

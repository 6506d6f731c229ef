/** `kes header verify`: real headers, the cases of the consensus suite, and test headers. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { externalVectors } from '@evolock/test-vectors';
import { wrongly } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import { Progress } from '../../src/headers/progress.js';
import { named } from '../support/external.js';
import { makeUnsignedCertificate } from '../support/files.js';
import { inFolder } from '../support/folder.js';
import { kes, kesJson, kesLines, type Json } from '../support/kes.js';
import {
  array,
  byteString,
  EVOLUTION,
  ownHeader,
  PARAMETERS,
  unsigned,
} from '../support/own-header.js';

/** The options of a network. */
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

/** Groups entries by network: one run each. */
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
  test.skipIf(!real.available)(
    named(
      'have the expected verdicts: in binary, in a directory, in hexadecimal, from standard input',
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
        const { lines, summary, code, stderr } = await kesLines([...args, folder, '-'], {
          input: group.map(({ hex }) => hex).join('\n'),
        });
        expect(stderr).toBe('');
        const invalid = group.filter(({ data }) => data.valid === false).length;
        expect({ code, ...summary }).toEqual({
          code: invalid === 0 ? 0 : 1,
          exitCode: code,
          all: invalid === 0,
          headers: 2 * group.length,
          valid: 2 * (group.length - invalid),
          invalid: 2 * invalid,
          notHeaders: 0,
          notJudged: 0,
          missing: 0,
          notRead: 0,
          skipped: 0,
          byron: 0,
          outOfOrder: 0,
          vrfChecked: 0,
          vrfNotChecked: 0,
          chain: null,
          checked: ['the certificate, the evolution and the KES signature of each header'],
          notChecked: expect.arrayContaining(['the VRF proofs']) as string[],
        });
        const found = new Map<string, Json>(lines.map((header: Json) => [header.source, header]));
        for (const { name, data } of group) {
          const { header, kesPeriod, evolution, certificateSignature, kesSignature } = found.get(
            join(folder, name),
          );
          const { expected } = data;
          expect({ name, pool: header.poolId.hex, slot: Number(header.slot) }).toEqual({
            name,
            pool: expected.poolIdHex ?? header.poolId.hex,
            slot: data.slot ?? Number(header.slot),
          });
          expect(header.hash).toBe(expected.headerHash ?? header.hash);
          expect(Number(kesPeriod)).toBe(expected.kesPeriodOfSlot ?? Number(kesPeriod));
          expect(Number(evolution.value)).toBe(expected.evolution ?? Number(evolution.value));
          expect(certificateSignature === 'good').toBe(expected.opcertValid ?? true);
          expect(kesSignature === 'good').toBe(expected.kesValid ?? true);
        }
        const typed = lines.slice(group.length);
        expect(typed.map(({ valid }: Json) => valid)).toEqual(
          group.map(({ data }) => data.valid ?? true),
        );
      }
    },
  );
});

const consensus = externalVectors('consensus-header-cases.json');

describe('the cases of the consensus suite', () => {
  test.skipIf(!consensus.available)(named('have the expected verdicts', consensus), async () => {
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
  });
});

describe('the signing keys of the consensus suite', () => {
  test.skipIf(!consensus.available)(
    named('sign the same bytes again, each at its evolution', consensus),
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
        // A header is the head of an array of two, the body, the head of a string of 448 bytes, and the signature.
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
        // Some cases have another key than their header names.
        if (!(headerHex as string).includes(json.kesVerificationKey as string)) continue;
        expect(json.kesSignature).toBe(header.subarray(-448).toString('hex'));
        signed += 1;
      }
      expect(signed).toBeGreaterThan(0);
    },
  );
});

const nothing = array([], 'shortest');
/** A block with a header and no transactions. */
const BLOCK = array([ownHeader(), nothing, nothing, array([], 'shortest'), nothing], 'shortest');

const NUMBERS = network(PARAMETERS.slotsPerKesPeriod, PARAMETERS.maxKesEvolutions);
const verify = ['header', 'verify', ...NUMBERS];
const HEX = Buffer.from(ownHeader()).toString('hex');

/** A header with a wrong signature. */
function forgedHeader(): Uint8Array {
  const header = ownHeader();
  header[header.length - 1]! ^= 1;
  return header;
}

/** Writes files, and returns their paths. Each run starts a thread, so one run reads many files. */
function write(contents: Readonly<Record<string, string | Uint8Array>>): string[] {
  return Object.entries(contents).map(([name, content]) => {
    writeFileSync(inFolder(name), content);
    return inFolder(name);
  });
}

describe('a test header', () => {
  test('is valid in every shape and encoding that a node accepts', async () => {
    const paths = write({
      shelley: ownHeader({ format: 'TPraos' }),
      longHeads: ownHeader({ heads: 'longest' }),
      indefinite: ownHeader({ indefinite: true }),
      block: BLOCK,
      blockWithEra: array([unsigned(6, 'shortest'), BLOCK], 'shortest'),
    });
    const { code, lines } = await kesLines([...verify, ...paths]);
    expect(code).toBe(0);
    expect(lines.map(({ failures }) => failures)).toEqual(paths.map(() => []));
    expect(lines.map(({ canonical }) => canonical)).toEqual([true, false, false, true, true]);
    for (const { evolution } of lines) expect(evolution.value).toBe(String(EVOLUTION));
    const { stdout } = await kes([...verify, paths[1]!]);
    expect(stdout).toContain('NOT canonical');
    expect(stdout).toContain('KES signature: good');
  });

  test('with a wrong signature is not valid, and the output says why', async () => {
    const { code, stdout, stderr } = await kes([...verify, '-'], { input: forgedHeader() });
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toContain('standard input  NOT valid: the hot key did not sign');
    expect(stdout).toContain('✗ KES signature: bad');
    expect(stdout).toContain('NOT checked');
  });

  test('that is forged differs from a file that is not a header, in text, JSON and exit code', async () => {
    const [good, forged, stray] = write({
      good: ownHeader(),
      forged: forgedHeader(),
      stray: byteString(new Uint8Array(3), 'shortest'),
    });
    const { code, stdout } = await kes([...verify, good!, forged!, stray!]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^✓ \S+good {2}slot 1200, evolution 5, pool1/m);
    expect(stdout).toMatch(/^✗ \S+forged {2}NOT valid: /m);
    expect(stdout).toMatch(/^\? \S+stray:1 {2}not a header: /m);
    expect(stdout).toContain('1 of 2 headers is NOT valid');
    expect(stdout).toContain('1 is not a header');
    const both = await kesLines([...verify, good!, stray!]);
    expect(both.lines.map(({ result }: Json) => result)).toEqual(['valid', 'not-a-header']);
    expect({ code: both.code, ...both.summary }).toMatchObject({
      code: 4,
      exitCode: 4,
      all: false,
    });
  });
});

describe('a directory', () => {
  test('can have names that are not UTF-8; files that are not read are shown and counted', async () => {
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
      ['dangling', 'it is a symbolic link to a file that does not exist'],
      ['inner/loop', 'its symbolic links form a loop'],
      ['inner/up', 'it leads to a directory that contains it'],
      ['one\u{fffd}two', 'valid'],
      ['pipe', 'it is not a regular file'],
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

  test('with headers and a hidden file is valid, but the summary does not say all', async () => {
    mkdirSync(inFolder('headers'));
    writeFileSync(inFolder('headers', '.DS_Store'), 'not a header');
    for (const name of ['one', 'two']) writeFileSync(inFolder('headers', name), ownHeader());
    const { code, summary } = await kesLines([...verify, inFolder('headers')]);
    expect({ code, all: summary.all, skipped: summary.skipped }).toEqual({
      code: 0,
      all: false,
      skipped: 1,
    });
  });
});

describe('hexadecimal text', () => {
  test('is read in every common layout', async () => {
    const folded = `${(HEX.match(/.{1,60}/g) ?? []).join('\n')}\n`;
    const paths = write({
      folded,
      foldedOnWindows: folded.replaceAll('\n', '\r\n'),
      withMark: `\ufeff${HEX}\n`,
      twoLines: `${HEX}\n${HEX}\n`,
    });
    const { code, summary } = await kesLines([...verify, ...paths]);
    expect({ code, valid: summary.valid, all: summary.all }).toEqual({
      code: 0,
      valid: 5,
      all: true,
    });
  });

  test('has one entry for consecutive lines that are too short, and counts all lines', async () => {
    const paths = write({
      short: `abc\nzz\n\nabcdef\n${HEX}\nzz\n`,
      // Lines that are empty, of spaces, or indented count as well.
      spaces: `a\nb\n \n\t c\n\n  \r\n  ${HEX}\n`,
    });
    const { code, lines, summary } = await kesLines([...verify, ...paths]);
    const found = lines.map(({ source, result }) => [basename(source as string), result]);
    expect(found).toEqual([
      ['short:1-4', 'not-a-header'],
      ['short:5', 'valid'],
      ['short:6', 'not-a-header'],
      ['spaces:1-4', 'not-a-header'],
      ['spaces:7', 'valid'],
    ]);
    expect({ code, ...summary }).toMatchObject({ code: 4, valid: 2, notHeaders: 4 + 3 });
  });

  test('without content is reported as empty, and a certificate as JSON', async () => {
    const contents = { empty: '', spaces: '\n \n', mark: '\ufeff' };
    makeUnsignedCertificate(inFolder('node.cert'));
    const { code, stdout } = await kes([...verify, ...write(contents), inFolder('node.cert')]);
    expect(code).toBe(4);
    for (const name of Object.keys(contents))
      expect(stdout).toMatch(new RegExp(`/${name} {2}not a header: there is nothing in it`));
    expect(stdout).toMatch(/node\.cert {2}not a header: it is JSON, as certificates and keys/);
  });
});

test('the list of what was not checked is shown only after a verdict', async () => {
  const { code, stdout } = await kes([...verify, 'missing']);
  expect(code).toBe(3);
  expect(stdout).not.toContain('NOT checked');
});

test('an evolution outside of the limit is reported with the limit', async () => {
  const few = [...verify.slice(0, -1), '3', '-'];
  const { stdout } = await kes(few, { input: ownHeader() });
  expect(stdout).toContain('evolution 5, and the network accepts 0 to 2');
});

describe('the progress of long work', () => {
  /** Runs 500 headers of 10 bytes in batches of 50, one every second. */
  function shown(isTTY: boolean, total?: number): string {
    let text = '';
    let seconds = 0;
    const write = (part: string | Uint8Array) => (text += String(part));
    const now = () => new Date(1000 * seconds);
    const context = wrongly({ stderr: { isTTY, write }, stdout: {}, now });
    const progress = new Progress(context, 'headers', total);
    for (let done = 0; done < 500; done += 50) {
      seconds += 1;
      progress.read(500);
      progress.advance(50);
    }
    progress.clear();
    return text;
  }

  test('is one line on a terminal with the rate, which is removed at the end', () => {
    expect(shown(true)).toBe(
      '\r\u001b[2K200 headers, 50/s …\r\u001b[2K400 headers, 50/s …\r\u001b[2K',
    );
  });

  test('includes a bar and the time left when the total is known', () => {
    expect(shown(true, 5_000)).toBe(
      '\r\u001b[2K████████░░░░░░░░░░░░ 40 %, 200 headers, 50/s, 6 s left' +
        '\r\u001b[2K████████████████░░░░ 80 %, 400 headers, 50/s, 2 s left\r\u001b[2K',
    );
    expect(shown(true, 5_000_000)).toContain('50/s, 3 h left');
  });

  test('is not shown without a terminal', () => {
    expect(shown(false)).toBe('');
  });
});

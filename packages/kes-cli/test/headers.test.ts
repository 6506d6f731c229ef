/** Real headers, the cases of the consensus suite, and headers made here, through the command. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { externalVectors } from '@evolock/test-vectors';
import { describe, expect, it } from 'vitest';
import { named } from './support/external.js';
import { inFolder } from './support/folder.js';
import { kes, kesJson, type Json } from './support/kes.js';
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
        const { json, code, stderr } = await kesJson([...args, folder]);
        expect(stderr).toBe('');
        const invalid = group.filter(({ data }) => data.valid === false).length;
        expect({ code, count: json.count, invalid: json.invalid }).toEqual({
          code: invalid === 0 ? 0 : 1,
          count: group.length,
          invalid,
        });
        const found = new Map<string, Json>(
          json.headers.map((header: Json) => [header.source, header]),
        );
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
        const lines = await kesJson([...args, '-'], {
          input: group.map(({ hex }) => hex).join('\n'),
        });
        expect(lines.json.headers.map(({ valid }: Json) => valid)).toEqual(
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
        const { json } = await kesJson(['header', 'verify', ...group[0]!.network, '-'], { input });
        const verdicts = json.headers.map(({ valid }: Json) => valid as boolean);
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
        const { code, json } = await kesJson(args, { input });
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
    ['in the old shape', ownHeader({ format: 'TPraos' })],
    ['with heads that are longer than they need be', ownHeader({ heads: 'longest' })],
    ['of indefinite length', ownHeader({ indefinite: true })],
    ['in a block', BLOCK],
    ['in a block with its era', array([unsigned(6, 'shortest'), BLOCK], 'shortest')],
  ])('%s is verified over the bytes as they stand', async (_name, input) => {
    const { code, json } = await kesJson([...args, '-'], { input });
    expect({ code, failures: json.headers[0].failures }).toEqual({ code: 0, failures: [] });
    expect(json.headers[0].evolution.value).toBe(String(EVOLUTION));
  });

  it('that was changed is not valid, and the output says why', async () => {
    const changed = ownHeader();
    changed[changed.length - 1]! ^= 1;
    const { code, stdout, stderr } = await kes([...args, '-'], { input: changed });
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toContain('standard input: NOT valid');
    expect(stdout).toContain('✗ KES signature: bad');
    expect(stdout).toContain('NOT checked');
  });

  it('among many has a line, and the bad ones are counted', async () => {
    writeFileSync(inFolder('good'), ownHeader());
    writeFileSync(inFolder('bad'), byteString(new Uint8Array(3), 'shortest'));
    const { code, stdout } = await kes([...args, inFolder('good'), inFolder('bad')]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^✓ \S+good {2}slot 1200, evolution 5, pool1/m);
    expect(stdout).toMatch(/^✗ \S+bad {2}/m);
    expect(stdout).toContain('1 of 2 headers are NOT valid');
  });
});

/** `kes header verify`: real headers in every container have the verdicts of bare headers. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { externalVectors } from '@evolock/test-support/external';
import { expect, test } from 'vitest';
import { inFolder } from '@evolock/command-testing/folder';
import { kesLines, type Json } from '../support/kes.js';
import { named, withChunks } from '../support/external.js';
import {
  encode,
  forged,
  indexEntry,
  joined,
  storedBlock,
  tagged,
  writeGenesis,
} from '../support/own-header.js';

/** Eras by their numbers. The era of some samples is not stated: any era of their shape will do. */
const ERAS = ['', '', 'shelley', 'allegra', 'mary', 'alonzo', 'babbage', 'conway'];
const ALONZO = 5;
const BABBAGE = 6;

interface Sample {
  readonly header: Uint8Array;
  readonly era: number;
}

function blockOf({ header, era }: Sample): Uint8Array {
  return storedBlock(header, era);
}

function indexOf(samples: readonly Sample[]): Uint8Array {
  let start = 0;
  const entries = samples.map((sample) => {
    const entry = indexEntry(start, sample.header.byteLength);
    start += blockOf(sample).byteLength;
    return entry;
  });
  return joined(entries);
}

const containers: Readonly<Record<string, (sample: Sample) => Uint8Array>> = {
  bare: ({ header }) => header,
  'within 24(bytes)': ({ header }) => tagged(header),
  'of ChainSync': ({ header, era }) => encode([BigInt(era - 1), { encoded: tagged(header) }]),
  'in blocks': blockOf,
  'in blocks within 24(bytes)': (sample) => tagged(blockOf(sample)),
};

const real = externalVectors('real-headers.json');

/** The samples of each network, with its numbers. A wrong one of each is among them. */
function byNetwork(): [number[], Sample[]][] {
  const groups = new Map<string, Sample[]>();
  for (const { headerHex, era, format, expected } of (real.available ? real.data : []) as Json[]) {
    const { slotsPerKESPeriod: slots, maxKESEvolutions: evolutions } = expected;
    const network = `${slots} ${evolutions}`;
    const header = new Uint8Array(Buffer.from(headerHex as string, 'hex'));
    const usual = format === 'Praos' ? BABBAGE : ALONZO;
    const number = ERAS.includes(era as string) ? ERAS.indexOf(era as string) : usual;
    const group = groups.get(network) ?? [{ header: forged(header), era: number }];
    groups.set(network, [...group, { header, era: number }]);
  }
  return [...groups].map(([network, samples]) => [network.split(' ').map(Number), samples]);
}

/** The verdicts, without the place of each header, its era, and the order of a chain. */
function verdicts(lines: readonly Json[]): unknown[] {
  return lines
    .filter(({ result }: Json) => result !== 'out-of-order')
    .map(({ source: _, header, ...verdict }: Json) => ({
      ...verdict,
      header: { ...header, era: null },
    }));
}

test.skipIf(!real.available)(
  named('real headers have the verdicts of bare ones in every container', real),
  async () => {
    const networks = byNetwork();
    expect(networks.length).toBeGreaterThan(0);
    for (const [numbers, samples] of networks) {
      writeGenesis(inFolder('genesis.json'), ...numbers);
      const run = async (path: string, input?: Uint8Array) => {
        const args = ['header', 'verify', '--genesis', inFolder('genesis.json'), path];
        return verdicts((await kesLines(args, input && { input })).lines);
      };
      const bare = await run('-', joined(samples.map(({ header }) => header)));
      expect(bare.map((verdict: Json) => verdict.result === 'valid')).toEqual(
        samples.map((_, index) => index > 0),
      );
      for (const [name, container] of Object.entries(containers)) {
        const bytes = joined(samples.map(container));
        writeFileSync(inFolder('sequence'), bytes);
        writeFileSync(inFolder('packed.gz'), gzipSync(bytes));
        expect(await run(inFolder('sequence')), name).toEqual(bare);
        expect(await run(inFolder('packed.gz')), `${name}, gzip`).toEqual(bare);
      }
      const folder = inFolder('immutable');
      mkdirSync(folder);
      writeFileSync(join(folder, '00001.chunk'), joined(samples.map(blockOf)));
      expect(await run(folder), 'a chunk').toEqual(bare);
      writeFileSync(join(folder, '00001.secondary'), indexOf(samples));
      expect(await run(folder), 'a chunk with its index').toEqual(bare);
      rmSync(folder, { recursive: true });
    }
  },
);

test.skipIf(!real.available)('the beginning of a real chain is valid from end to end', async () => {
  const folder = join(dirname(real.available ? real.path : ''), 'immutable');
  const args = ['header', 'verify', '--network', 'preview'];
  // The folder has holes, and says so.
  const whole = await kesLines([...args, folder]);
  expect(whole).toMatchObject({ code: 4, summary: { all: false, missing: 190 } });
  expect(whole.findings.map(({ reasons }) => reasons[0].message)).toEqual([
    'chunks 00045 to 00113: a hole in the chain between 00044 and 00114',
    'chunks 00115 to 00235: a hole in the chain between 00114 and 00236',
  ]);
  const beginning = withChunks(...Array.from({ length: 45 }, (_, number) => number));
  const { code, findings: lines, summary } = await kesLines([...args, beginning]);
  expect({ code, lines }).toEqual({ code: 0, lines: [] });
  expect(summary).toMatchObject({ all: true, outOfOrder: 0, skipped: 0, notRead: 0 });
  expect(summary.chain.firstSlot).toBe('0');
  expect(summary.valid).toBe(
    summary.chain.eras.reduce((sum: number, { blocks }: Json) => sum + (blocks as number), 0),
  );
});

test.skipIf(!real.available)(
  'chunks of a real node have the same verdicts with the index and without',
  async () => {
    const folder = withChunks(44, 114, 236);
    // At one moment: the summary states it.
    const args = ['header', 'verify', '--network', 'preview', '--now', '2026-01-01', folder];
    const run = () => kesLines(args);
    const indexed = await run();
    for (const number of ['00044', '00114', '00236']) rmSync(join(folder, `${number}.secondary`));
    expect(await run()).toEqual(indexed);
    const missing = 113 - 44 + 235 - 114;
    const valid = 221 + 225 + 200;
    expect(indexed.summary).toMatchObject({ exitCode: 4, all: false, valid, missing });
  },
);

/** Headers in the containers of wires and disks: the verdict is that of the bare header. */
import { externalVectors } from '@evolock/test-vectors';
import { errorOf } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import { kesParameters, parseHeader, verifyHeader, type HeaderVerdict } from '../../src/index.js';
import { encode, type Value } from '../support/headers.js';

/** `24(bytes)`, with the shortest heads. */
function tagged(content: Uint8Array): Value {
  return { encoded: Buffer.concat([Uint8Array.of(0xd8, 24), encode(content)]) };
}

function raw(encoded: Uint8Array): Value {
  return { encoded };
}

/** The era of a block with a header of this kind, and the number of its parts. */
const eras = { shelley: 2, allegra: 3, mary: 4, alonzo: 5, babbage: 6, conway: 7 } as const;

function containersOf(header: Uint8Array, era: number): Record<string, Uint8Array> {
  const parts = Array.from({ length: era < eras.alonzo ? 3 : 4 }, (): Value => []);
  const block = encode([raw(header), ...parts]);
  const blockWithEra = encode([BigInt(era), raw(block)]);
  return {
    block,
    blockWithEra,
    chainSync: encode([BigInt(era - 1), tagged(header)]),
    taggedHeader: encode(tagged(header)),
    taggedBlock: encode(tagged(block)),
    taggedBlockWithEra: encode(tagged(blockWithEra)),
  };
}

/** The verdict without the era, which a bare header does not state. */
function withoutEra({ header, ...verdict }: HeaderVerdict) {
  return { ...verdict, header: header === undefined ? undefined : { ...header, era: undefined } };
}

const real = externalVectors('real-headers.json');

test.skipIf(!real.available)('each real header has the same verdict in every container', () => {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- members of external data
  const entries = Object.values((real.available ? real.data : {}) as Record<string, any>);
  expect(entries.length).toBeGreaterThan(0);
  for (const { headerHex, format, expected } of entries) {
    const parameters = kesParameters({
      slotsPerKesPeriod: expected.slotsPerKESPeriod as number,
      maxKesEvolutions: expected.maxKESEvolutions as number,
    });
    const header = new Uint8Array(Buffer.from(headerHex as string, 'hex'));
    const bare = withoutEra(verifyHeader(header, parameters));
    for (const era of format === 'Praos' ? [6, 7] : [2, 3, 4, 5])
      for (const [name, bytes] of Object.entries(containersOf(header, era))) {
        const verdict = verifyHeader(bytes, parameters);
        expect(withoutEra(verdict), name).toEqual(bare);
        if (/WithEra|chainSync/.test(name)) expect(verdict.header?.era).toBe(era);
      }
  }
});

describe('a container is refused', () => {
  const problem = (bytes: Uint8Array) => errorOf(() => parseHeader(bytes));

  const header = encode([[], 0n]);
  const more = Buffer.concat([header, Uint8Array.of(0)]);

  test.each<[string, Value, string]>([
    ['of the Byron era', [0n, [[0n, 1n], tagged(new Uint8Array(3))]], 'byron'],
    ['with the index of Byron', [0n, tagged(header)], 'byron'],
    ['with the index of no era', [7n, tagged(header)], 'unknown-era'],
    ['with another tag', raw(Buffer.from('d8194180', 'hex')), 'wrong-shape'],
    [
      'with trailing bytes',
      raw(Buffer.concat([encode(tagged(header)), Uint8Array.of(0)])),
      'trailing-bytes',
    ],
    ['with trailing bytes inside', tagged(more), 'trailing-bytes'],
    ['with trailing bytes in ChainSync', [1n, tagged(more)], 'trailing-bytes'],
    ['that is shorter than its header', [1n, tagged(Uint8Array.of(0x82, 0x80))], 'truncated'],
    ['that is empty', tagged(new Uint8Array(0)), 'truncated'],
    ['of indefinite length', [1n, raw(Buffer.from('d8185f4180ff', 'hex'))], 'wrong-shape'],
    ['within another one', tagged(encode(tagged(header))), 'wrong-shape'],
    ['of ChainSync with a block', [1n, tagged(encode([[[], 0n], [], [], []]))], 'wrong-shape'],
  ])('%s', (_name, value, expected) => {
    expect(problem(encode(value))).toMatchObject({
      code: 'ERR_EVOLOCK_CARDANO_HEADER',
      problem: expected,
    });
  });
});

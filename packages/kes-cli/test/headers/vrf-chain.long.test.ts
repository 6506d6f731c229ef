/** `kes header verify --vrf` over three epochs of a real chain. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inFolder } from '@evolock/command-testing/folder';
import { kesLines } from '../support/kes.js';
import { hasChunks, whyNone, withChunks } from '../support/external.js';

const verify = ['header', 'verify', '--network', 'preview', '--vrf'];
const range = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => from + index);

const CHUNKS = 45;
/** A chunk in the second epoch. Its end is not that of an epoch. */
const MIDDLE = 30;

test.skipIf(!hasChunks)(
  `each header is valid with its VRF proofs, also when a later run continues in the middle of an epoch${whyNone}`,
  async () => {
    const resume = ['--resume', inFolder('state')];
    const folder = withChunks(...range(0, MIDDLE));
    const half = await kesLines([...verify, ...resume, folder]);
    expect(half).toMatchObject({ code: 0, findings: [], summary: { all: true, vrfNotChecked: 0 } });
    withChunks(...range(MIDDLE, CHUNKS));
    const rest = await kesLines([...verify, ...resume, folder]);
    expect(rest).toMatchObject({ code: 0, findings: [], summary: { all: true, vrfNotChecked: 0 } });
    expect(rest.summary.fromChunk).toBe(MIDDLE - 1);
    expect(rest.summary.valid).toBeGreaterThan(half.summary.valid);
  },
  300_000,
);

/** Bytes of an entry of a secondary index, which is a block. */
const ENTRY = 56;

test.skipIf(!hasChunks)(
  `after a missing chunk the headers of its epoch are checked, and those of the next epoch are not${whyNone}`,
  async () => {
    // The second epoch begins with chunk 20.
    const folder = withChunks(...range(0, 17), ...range(18, 22));
    const { code, findings: lines, summary } = await kesLines([...verify, folder]);
    expect({ code, lines, invalid: summary.invalid }).toMatchObject({
      ...{ code: 4, lines: [{ result: 'missing' }], invalid: 0 },
    });
    const sizes = ['00020', '00021'].map(
      (name) => statSync(join(folder, `${name}.secondary`)).size,
    );
    expect(summary.vrfNotChecked).toBe(sizes.reduce((sum, size) => sum + size / ENTRY, 0));
  },
  300_000,
);

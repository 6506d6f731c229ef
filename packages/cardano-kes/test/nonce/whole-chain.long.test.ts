import { expect, test } from 'vitest';
import {
  EpochNonces,
  epochParametersOf,
  HeaderVerifier,
  parseHeader,
  preview,
} from '../../src/index.js';
import { chunksFromTheFirst, previewNonces, whyNone } from '../support/chunks.js';

test.skipIf(previewNonces === undefined)(
  `every header from the first block of preview on is valid with the nonce that follows from those before it${whyNone}`,
  () => {
    const nonces = new EpochNonces(epochParametersOf('preview'));
    const verifier = new HeaderVerifier(preview);
    for (const blocks of chunksFromTheFirst())
      for (const block of blocks) {
        const epochNonce = nonces.add(parseHeader(block));
        expect(verifier.verify(block, { epochNonce })).toMatchObject({ valid: true, vrf: 'good' });
      }
  },
  300_000,
);

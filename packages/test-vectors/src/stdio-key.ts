import type { AsyncKesKeyHandle } from './async-implementation.js';
import { bytesToHex } from './hex.js';
import { bytesField, integerField } from './stdio-field.js';
import { StdioError } from './stdio-error.js';
import type { StdioAnswer } from './stdio-protocol.js';
import type { StdioProcess } from './stdio-process.js';

function sizesIn(answer: StdioAnswer<'kes.blockSizes'>): number[] {
  const sizes: unknown = answer.sizes;
  if (Array.isArray(sizes) && sizes.every(isInteger)) return [...sizes];
  throw new StdioError('STDIO_PROTOCOL', 'sizes in a response: expected integers');
}

function isInteger(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

/**
 * A key that a process holds, from the response that told of it.
 *
 * @internal
 */
export function stdioKey(
  process: StdioProcess,
  response: StdioAnswer<'kes.generate'>,
): AsyncKesKeyHandle {
  const key = integerField(response, 'key');
  let period = integerField(response, 'period');
  return {
    get period() {
      return period;
    },
    deriveVerificationKey: async () =>
      bytesField(await process.ask('kes.deriveVerificationKey', { key }), 'verificationKeyHex'),
    sign: async (message) =>
      bytesField(
        await process.ask('kes.sign', { key, messageHex: bytesToHex(message) }),
        'signatureHex',
      ),
    async update() {
      period = integerField(await process.ask('kes.update', { key }), 'period');
    },
    serialise: async () => bytesField(await process.ask('kes.serialise', { key }), 'serialisedHex'),
    blockSizes: async () => sizesIn(await process.ask('kes.blockSizes', { key })),
    async release() {
      await process.ask('kes.release', { key });
    },
  };
}

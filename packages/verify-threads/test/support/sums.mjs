// The module of a BytesPool: length and sum of each byte string.
import { bytesIn } from '@evolock/verify-threads/bytes';

export default function sums(batch) {
  if (batch.context === 'throw') throw new Error('thrown by the module');
  return Array.from(bytesIn(batch), (bytes) => ({
    length: bytes.byteLength,
    sum: bytes.reduce((sum, byte) => sum + byte, 0),
    context: batch.context,
  }));
}

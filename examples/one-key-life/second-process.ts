/** The second process: it reads the key from a pipe into locked memory, signs until the last period, and wipes the key. */
import { directDeserialiseFromDescriptor } from '@evolock/direct-serialise-io';
import { EvolockError, sum6Kes } from '@evolock/kes-sum';
import { periodMessage } from './common.js';
import { KEY_DESCRIPTOR, type Line } from './hand-over.js';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const print = (line: Line) => console.log(JSON.stringify(line));

{
  using key = directDeserialiseFromDescriptor(KEY_DESCRIPTOR, sum6Kes);
  print({ verificationKey: hex(key.deriveVerificationKey()), period: key.period });
  try {
    for (;;) {
      print({ period: key.period, signature: hex(key.sign(periodMessage(key.period))) });
      key.update();
    }
  } catch (error) {
    if (!(error instanceof EvolockError)) throw error;
    print({ refused: error.code });
  }
}

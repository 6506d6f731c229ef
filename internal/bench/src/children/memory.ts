/**
 * The process that generates Sum6 keys and prints the bytes that each takes outside locked memory: the growth of
 * `heapUsed` and `external`, less the locked bytes, which `external` includes. Needs `--expose-gc`.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { sum6Kes, type KesSigningKey } from '@evolock/kes-sum';
import { lockStatus } from '@evolock/kes-sum/all';
import { newKey } from '../new-key.js';

const count = Number(process.argv[2]);
const { gc } = globalThis;
if (gc === undefined) throw new Error('needs --expose-gc');

async function outside(): Promise<number> {
  for (let time = 0; time < 3; time += 1) {
    gc!();
    await turn();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external - (lockStatus().locked ?? 0);
}

const make = (): KesSigningKey => newKey(sum6Kes);
// Values that are made once exist before the count starts.
for (let made = 0; made < 50; made += 1) make().release();
const keys = new Array<KesSigningKey>(count);
const before = await outside();
for (let made = 0; made < count; made += 1) keys[made] = make();
const after = await outside();
console.log(JSON.stringify({ bytes: (after - before) / count }));
for (const key of keys) key.release();

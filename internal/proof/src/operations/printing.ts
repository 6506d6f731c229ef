import { deepEqual } from 'node:assert/strict';
import { format, inspect } from 'node:util';
import { serialize } from 'node:v8';
import { ed25519 } from '@evolock/dsign-ed25519';
import { sum6Kes, sumKesOfDepth } from '@evolock/kes-sum';
import { praosVrf } from '@evolock/vrf-praos';
import { keyAt, liveKey } from '../secrets/expectation.js';
import { keyOf } from './kes.js';
import { extendedKeyOf } from './leaf-keys.js';
import { lockedCopy } from './locked-memory.js';
import { layer, type Operation } from './operation.js';

const sum0Kes = sumKesOfDepth(0);

/** Every way to print or copy a value, on purpose or by accident. */
const ways: Readonly<Record<string, (value: object) => unknown>> = {
  'util.inspect': (value) => inspect(value),
  'util.inspect with everything hidden shown': (value) =>
    inspect(value, { showHidden: true, depth: Infinity, customInspect: false, getters: true }),
  'console.log': (value) => {
    console.log(value, [value], { value });
    console.dir(value);
    console.table([value]);
  },
  // eslint-disable-next-line @typescript-eslint/no-base-to-string -- the operation tests this conversion
  String: (value) => String(value),
  'JSON.stringify': (value) => JSON.stringify({ value }),
  'util.format': (value) => format('%s %o %O %j', value, value, value, value),
  structuredClone: (value) => attempted(() => structuredClone(value)),
  'v8.serialize': (value) => attempted(() => serialize(value)),
  'a failed comparison': (value) => attempted(() => deepEqual(value, {})),
  'an error with it as its cause': (value) => inspect(new Error('failed', { cause: value })),
};

/** Returns the error of a refused attempt, because the error may hold a secret. */
function attempted(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

const operation = layer('printing');

/** Each way separately for a composed key, and all ways together for the other locked values. */
export const printingOperations: readonly Operation[] = [
  ...Object.entries(ways).map(([name, way]) =>
    operation(name, keyAt({ depth: 6, period: 0 }), (subject) => {
      const key = keyOf(sum6Kes, subject);
      return [key, way(key)];
    }),
  ),
  operation('every way, of all other locked values', liveKey(false), (subject) => {
    const seed = subject.seed();
    const key = ed25519.generateKey(seed);
    const bytes = lockedCopy(subject);
    const single = keyOf(sum0Kes, subject);
    const vrf = praosVrf.generateKey(seed);
    const extended = extendedKeyOf(subject);
    const values = [seed, key, vrf, extended, single, bytes];
    return [...values, Object.values(ways).flatMap((way) => values.map(way))];
  }),
];

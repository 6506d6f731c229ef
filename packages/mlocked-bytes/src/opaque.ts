import workerThreads from 'node:worker_threads';
import { wrongType } from '@evolock/direct-serialise/arguments';

/**
 * The method that `util.inspect` and `console.log` call. The symbol is declared here, so that the types of this package
 * need no types of Node.js.
 */
export const customInspect: unique symbol = Symbol.for('nodejs.util.inspect.custom');

let instances = 0;

function refuse(this: object): never {
  throw wrongType(this.constructor.name, 'no use as bytes, a list or a stream', this);
}

/**
 * Makes what would take an object for bytes, a list or a stream throw, where it would silently make something
 * empty of it: `Buffer.from` asks for `valueOf`, `new Uint8Array` and `Array.from` for `length`, CBOR encoders and
 * streams for `Symbol.asyncIterator`. None of them is declared, so that the compiler refuses such a use as well.
 * `Symbol.iterator` stays absent: the language refuses what has none, and test frameworks look at it to compare.
 *
 * @internal
 */
export function refuseConversions(prototype: object): void {
  Object.defineProperties(prototype, {
    valueOf: { value: refuse },
    length: { get: refuse },
    [Symbol.asyncIterator]: { get: refuse },
  });
}

/** Node.js 22.10 and later. */
const markAsUncloneable = Reflect.get(workerThreads, 'markAsUncloneable') as
  ((value: object) => void) | undefined;

/**
 * Makes `structuredClone` and `postMessage` refuse an object, where the platform can be told to. Otherwise an empty
 * object arrives.
 *
 * @internal
 */
export const refuseToBeCloned: (value: object) => void = markAsUncloneable ?? (() => undefined);

/**
 * A number for an object of this thread, which no other has.
 *
 * @internal
 */
export function newInstance(): number {
  return (instances += 1);
}

/**
 * Has assertions, and `inspect` without its hook, show the number and the state of an object beside its type: they ask
 * for the tag alone. Objects whose tags differ are different to them: they see no content, and would take any two
 * secrets of one size for equal.
 *
 * `tagOf` says number, size, state and public facts; `undefined` for the prototype and for strangers.
 *
 * @internal
 */
export function tagWithState(
  prototype: object,
  tagOf: (value: object) => string | undefined,
): void {
  Object.defineProperty(prototype, Symbol.toStringTag, {
    get(this: object) {
      return tagOf(this);
    },
  });
}

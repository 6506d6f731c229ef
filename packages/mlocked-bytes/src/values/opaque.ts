/** What locked values refuse to be taken for, and what is printed of them. */
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
 * Makes the conversions throw that would take an object for bytes, a list or a stream, and make something empty of it:
 * `Buffer.from` reads `valueOf`, `new Uint8Array` and `Array.from` read `length`, CBOR encoders and streams read
 * `Symbol.asyncIterator`. The types declare none of them, so that the compiler refuses such a use too. `Symbol.iterator`
 * stays absent: the language refuses objects without it, and test frameworks read it when they compare.
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

/**
 * Makes `structuredClone` and `postMessage` refuse an object. Absent before Node.js 22.10, where an empty object arrives.
 *
 * @internal
 */
export const refuseToBeCloned = Reflect.get(workerThreads, 'markAsUncloneable') as
  ((value: object) => void) | undefined;

/**
 * A number for an object, which no other object of this thread has.
 *
 * @internal
 */
export function newInstance(): number {
  return (instances += 1);
}

/**
 * Puts the number and the state of an object into its tag. Assertions, and `inspect` without its hook, compare and show the
 * tag. They see no content, and would otherwise take two secrets of one size for equal.
 *
 * @param prototype - Of the class.
 * @param tagOf - Number, size, state and public facts; `undefined` for the prototype and for other objects.
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

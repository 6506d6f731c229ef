// All callables of the exports and of the objects that they return: functions, constructors, static and instance
// methods, accessors.
import { EventEmitter } from 'node:events';
import { entryPoints } from './entry-points.js';

export type CallableKind = 'function' | 'new' | 'method';
/** A function or a class. */
export type AnyFunction = (...given: never[]) => unknown;

export interface Callable {
  name: string;
  kind: CallableKind;
  call: AnyFunction;
  owner: unknown;
  from: string;
}

const isFunction = (value: unknown): value is AnyFunction => typeof value === 'function';
const isClass = (value: unknown): value is AnyFunction =>
  isFunction(value) && Function.prototype.toString.call(value).startsWith('class');
/** The built-in method is false for every value that is no object. */
const isErrorClass = (value: unknown) =>
  Object.prototype.isPrototypeOf.call(Error, value as object);
const isForeign = (prototype: object | null) =>
  prototype === null ||
  [Object, Function, Array, Uint8Array, Buffer, EventEmitter].some(
    (known) => known.prototype === prototype,
  );

/**
 * The name of a property. Node 24 uses built-in symbols where earlier versions have their own, such as `nodejs.dispose`.
 */
const labelOf = (key: string | symbol) =>
  typeof key === 'symbol'
    ? `[${(key.description ?? '').replace(/^Symbol\.(dispose|asyncDispose)$/, 'nodejs.$1')}]`
    : key;

/** A package with the names of other packages, and functions of its own. */
const NAMESAKE = '@evolock/kes-verify';

const nameOf = ({ name, from }: Callable) => (from === NAMESAKE ? `kes-verify ${name}` : name);

/** Collects callables, each once. */
class Collection {
  byName = new Map<string, Callable>();
  #seen = new Set();

  #add(found: Callable) {
    const callable = { ...found, name: nameOf(found) };
    const identity = callable.kind === 'new' ? callable : callable.call;
    if (callable.kind !== 'new' && this.#seen.has(identity)) return;
    if (this.byName.has(callable.name)) {
      if (callable.kind === 'new') return;
      throw new Error(`two callables are named ${callable.name}`);
    }
    this.#seen.add(identity);
    this.byName.set(callable.name, callable);
  }

  /** An export, or an object that an export returns. */
  value(name: string, value: unknown, from: string) {
    if (isErrorClass(value)) return;
    if (isClass(value)) this.#class(name, value, from);
    else if (isFunction(value))
      this.#add({ name, kind: 'function', call: value, owner: undefined, from });
    else if (typeof value === 'object' && value !== null) this.#object(name, value, from);
  }

  #class(name: string, constructor: AnyFunction, from: string) {
    if (this.#seen.has(constructor)) return;
    this.#seen.add(constructor);
    this.#add({ name: `new ${name}`, kind: 'new', call: constructor, owner: undefined, from });
    for (const key of Reflect.ownKeys(constructor)) {
      const value = Object.getOwnPropertyDescriptor(constructor, key)?.value;
      if (isFunction(value))
        this.#add({
          name: `${name}.${labelOf(key)}`,
          kind: 'function',
          call: value,
          owner: constructor,
          from,
        });
    }
    this.#prototypes(constructor.prototype, from, name);
  }

  #object(name: string, object: object, from: string) {
    for (const key of Reflect.ownKeys(object)) {
      const value = Object.getOwnPropertyDescriptor(object, key)?.value;
      if (isFunction(value) && value !== object.constructor)
        this.#add({
          name: `${name}.${labelOf(key)}`,
          kind: 'function',
          call: value,
          owner: object,
          from,
        });
      else if (
        typeof value === 'object' &&
        value !== null &&
        Object.getPrototypeOf(value) === Object.prototype
      )
        this.#object(`${name}.${labelOf(key)}`, value, from);
    }
    this.#prototypes(Object.getPrototypeOf(object), from);
  }

  #prototypes(start: object, from: string, named?: string) {
    for (
      let prototype = start;
      !isForeign(prototype);
      prototype = Object.getPrototypeOf(prototype)
    ) {
      const name = prototype === start && named !== undefined ? named : prototype.constructor.name;
      for (const key of Reflect.ownKeys(prototype)) {
        if (key === 'constructor') continue;
        const { value, get } = Object.getOwnPropertyDescriptor(prototype, key) ?? {};
        const call = value ?? get;
        const label = `${name}#${get === undefined ? '' : 'get '}${labelOf(key)}`;
        if (isFunction(call))
          this.#add({ name: label, kind: 'method', call, owner: prototype, from });
      }
    }
  }
}

/**
 * @param samples - objects whose classes no package exports, by name
 *
 * @returns everything that can be called, by name
 */
export function surface(samples: Record<string, unknown>): Map<string, Callable> {
  const found = new Collection();
  for (const { specifier, namespace } of entryPoints) {
    // The documentation of these entries says that nothing there checks an argument.
    if (specifier.endsWith('/unsound')) continue;
    for (const [name, value] of Object.entries(namespace)) {
      found.value(name, value, specifier);
    }
  }
  for (const [name, value] of Object.entries(samples)) found.value(name, value, 'sample');
  return found.byName;
}

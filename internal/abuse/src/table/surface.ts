// All callables of the exports and of the objects that they return: functions, constructors, static and instance
// methods, accessors.
import { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import { ladder, scope } from '../../../tooling/src/ladder/ladder.mjs';

/** A function or a class. */
export type AnyFunction = (...given: never[]) => unknown;

export interface Callable {
  kind: 'function' | 'new' | 'method';
  call: AnyFunction;
  owner: unknown;
  /** The entry that exports it. */
  from: string;
}

const require = createRequire(import.meta.url);

/** Every entry point that users can import. */
function specifiersOf(name: string): string[] {
  const manifest = require(`${scope}${name}/package.json`) as { exports: Record<string, unknown> };
  return (
    Object.keys(manifest.exports)
      // Modules: no JSON, and no declarations alone.
      .filter((path) => !/\.json$|\*/.test(path))
      .map((path) => scope + name + path.slice(1))
  );
}
const published = ladder.filter(({ isPrivate }) => isPrivate === undefined);
const entries = await Promise.all(
  published
    .flatMap(({ name }) => specifiersOf(name))
    // The documentation of these entries says that nothing there checks an argument.
    .filter((specifier) => !specifier.endsWith('/unsound'))
    .map(async (specifier) => [specifier, (await import(specifier)) as object] as const),
);

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

/** Node 24 uses built-in symbols where earlier versions have their own, such as `nodejs.dispose`. */
const labelOf = (key: string | symbol) =>
  typeof key === 'symbol'
    ? `[${(key.description ?? '').replace(/^Symbol\.(dispose|asyncDispose)$/, 'nodejs.$1')}]`
    : key;

/** Precedes the names of a package that has the names of other packages. */
export const VERIFY = 'kes-verify ';

/** What precedes the names of entries that have the names of other ones. */
const PREFIXES: Readonly<Record<string, string>> = {
  '@evolock/kes-verify': VERIFY,
  '@evolock/sealed-log/words': 'sealed-log ',
  '@evolock/cardano-kes/header-worker': 'cardano-kes ',
};

/** Collects callables, each once. */
class Collection {
  byName = new Map<string, Callable>();
  #seen = new Set();

  #add(plain: string, callable: Callable) {
    const name = (PREFIXES[callable.from] ?? '') + plain;
    if (callable.kind !== 'new' && this.#seen.has(callable.call)) return;
    if (this.byName.has(name)) {
      if (callable.kind === 'new') return;
      throw new Error(`two callables are named ${name}`);
    }
    this.#seen.add(callable.call);
    this.byName.set(name, callable);
  }

  /** An export, or an object that an export returns. */
  value(name: string, value: unknown, from: string) {
    if (isErrorClass(value)) return;
    if (isClass(value)) this.#class(name, value, from);
    else if (isFunction(value))
      this.#add(name, { kind: 'function', call: value, owner: undefined, from });
    else if (typeof value === 'object' && value !== null) this.#object(name, value, from);
  }

  #class(name: string, constructor: AnyFunction, from: string) {
    if (this.#seen.has(constructor)) return;
    this.#seen.add(constructor);
    this.#add(`new ${name}`, { kind: 'new', call: constructor, owner: undefined, from });
    this.#functions(name, constructor, from);
    this.#prototypes(constructor.prototype, from, name);
  }

  #object(name: string, object: object, from: string) {
    this.#functions(name, object, from);
    for (const [key, { value }] of Object.entries(Object.getOwnPropertyDescriptors(object)))
      if (Object.getPrototypeOf(value ?? Object) === Object.prototype)
        this.#object(`${name}.${key}`, value, from);
    this.#prototypes(Object.getPrototypeOf(object), from);
  }

  /** The functions that an object has as its own. */
  #functions(name: string, owner: object, from: string) {
    for (const key of Reflect.ownKeys(owner)) {
      const call = Object.getOwnPropertyDescriptor(owner, key)?.value;
      if (isFunction(call) && call !== owner.constructor)
        this.#add(`${name}.${labelOf(key)}`, { kind: 'function', call, owner, from });
    }
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
        const label = `${name}#${get === undefined ? '' : 'get '}${labelOf(key)}`;
        if (isFunction(value ?? get))
          this.#add(label, { kind: 'method', call: value ?? get, owner: prototype, from });
      }
    }
  }
}

/** @returns everything that can be called, by name; `samples` are objects whose classes no package exports, by name */
export function surface(samples: Record<string, unknown>): Map<string, Callable> {
  const found = new Collection();
  for (const [specifier, namespace] of entries)
    for (const [name, value] of Object.entries(namespace)) found.value(name, value, specifier);
  for (const [name, value] of Object.entries(samples)) found.value(name, value, 'sample');
  return found.byName;
}

import { inspect } from 'node:util';
import { codeOf } from './thrown.js';

/** The members of a released value that do not throw. */
const stillAnswers: readonly PropertyKey[] = [
  'constructor',
  'released',
  'release',
  Symbol.dispose,
  'toString',
  'toJSON',
  inspect.custom,
  Symbol.toPrimitive,
  // A live value refuses it too.
  'valueOf',
  'length',
  Symbol.asyncIterator,
  Symbol.toStringTag,
  // The version by which two copies of a package recognise each other.
  Symbol.for('@evolock/mlocked-bytes/LockedValue'),
];

/**
 * The code with which a released value refuses each of its members, by name, or `undefined` for a member that does not
 * throw. Leaves out the members that no released value refuses.
 *
 * @param value - Released.
 * @param right - Arguments that would be right, for the methods that take any.
 * @param harmless - What this kind of value may answer besides.
 */
export function refusalsOf(
  value: object,
  right: Readonly<Record<string, unknown[]>>,
  harmless: readonly PropertyKey[] = [],
): ReadonlyMap<PropertyKey, unknown> {
  const passed = new Set([...stillAnswers, ...harmless]);
  const tried = membersOf(value).filter((name) => !passed.has(name));
  return new Map(
    tried.map((name) => [
      name,
      codeOf(() => {
        const member: unknown = Reflect.get(value, name, value);
        if (typeof member === 'function') Reflect.apply(member, value, right[String(name)] ?? []);
      }),
    ]),
  );
}

/** Every member that the classes of a value define. */
function membersOf(value: object): PropertyKey[] {
  const members = new Set<PropertyKey>();
  let prototype = Object.getPrototypeOf(value) as object;
  while (prototype !== Object.prototype) {
    for (const name of Reflect.ownKeys(prototype)) members.add(name);
    prototype = Object.getPrototypeOf(prototype) as object;
  }
  return [...members];
}

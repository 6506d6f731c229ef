/** JSON around what can be checked: files of `cardano-cli`, and answers of services. */

/** Members whose text is a header, a block or another item in hexadecimal digits. */
export const wrappers = new Set(['cborHex', 'header', 'headerHex', 'cbor']);

/** The value of a text that begins like JSON; `undefined` when it is none. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The texts of all such members, at any depth, in their order. */
export function wrappedIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    typeof inner === 'string' ? (wrappers.has(name) ? [inner] : []) : wrappedIn(inner),
  );
}

/** All strings and all names of members, at any depth. */
export function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [name, ...stringsIn(inner)]);
}

/** A text in JSON, with the names on the way to it; those of elements of arrays are their numbers. */
export interface Member {
  readonly path: readonly string[];
  readonly text: string;
}

/** All texts that are members, at any depth. */
export function membersIn(value: unknown, path: readonly string[] = []): Member[] {
  if (typeof value === 'string') return [{ path, text: value }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => membersIn(inner, [...path, name]));
}

/** The type that a file of `cardano-cli` states; empty without one. */
export function typeOf(value: unknown): string {
  const { type } = Object(value) as { readonly type?: unknown };
  return typeof type === 'string' ? type : '';
}

/** The content of a file of `cardano-cli`, in digits; empty without one. */
export function cborHexOf(value: unknown): string {
  const { cborHex } = Object(value) as { readonly cborHex?: unknown };
  return typeof cborHex === 'string' ? cborHex : '';
}

/** Whether a file is named a certificate, its counter or a verification key. */
export function isPublicFile(value: unknown): boolean {
  return /VerificationKey|^NodeOperationalCertificate/.test(typeOf(value));
}

/** A named value, made anew for every use. */
export interface Hostile {
  readonly name: string;
  make(): unknown;
}

function detached(size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  return bytes;
}

/** What is no bytes, or bytes that native code must not be given; `size` is what they pretend to have. */
export function noBytes(size: number): Hostile[] {
  return [
    { name: 'undefined', make: () => undefined },
    { name: 'null', make: () => null },
    { name: 'a string', make: () => 'a'.repeat(size) },
    { name: 'a number', make: () => size },
    { name: 'a bigint', make: () => BigInt(size) },
    { name: 'a symbol', make: () => Symbol('bytes') },
    { name: 'a function', make: () => () => new Uint8Array(size) },
    { name: 'an array', make: () => Array.from({ length: size }, () => 0) },
    { name: 'an ArrayBuffer', make: () => new ArrayBuffer(size) },
    { name: 'a DataView', make: () => new DataView(new ArrayBuffer(size)) },
    { name: 'a Uint16Array', make: () => new Uint16Array(size) },
    { name: 'a Uint8ClampedArray', make: () => new Uint8ClampedArray(size) },
    { name: 'an Int8Array', make: () => new Int8Array(size) },
    {
      name: 'an object with the properties of bytes',
      make: () => ({
        buffer: new ArrayBuffer(size),
        byteOffset: 0,
        byteLength: size,
        length: size,
      }),
    },
    {
      name: 'an object with the prototype of bytes',
      make: () => Object.create(Uint8Array.prototype) as unknown,
    },
    { name: 'a proxy of bytes', make: () => new Proxy(new Uint8Array(size), {}) },
    { name: 'shared bytes', make: () => new Uint8Array(new SharedArrayBuffer(size)) },
    {
      name: 'resizable bytes',
      make: () => new Uint8Array(new ArrayBuffer(size, { maxByteLength: 2 * size })),
    },
    { name: 'detached bytes', make: () => detached(size) },
  ];
}

class Subclass extends Uint8Array {}

/** Bytes that are right, and look odd. */
export function oddBytes(bytes: Uint8Array): Hostile[] {
  const shadowed = (property: string, value: unknown) => () =>
    Object.defineProperty(new Uint8Array(bytes), property, { value });
  return [
    { name: 'a Buffer', make: () => Buffer.from(bytes) },
    { name: 'bytes of a subclass', make: () => new Subclass(bytes) },
    { name: 'bytes without a prototype', make: () => Object.setPrototypeOf(bytes.slice(), null) },
    {
      name: 'bytes at an odd offset',
      make: () => {
        const memory = new Uint8Array(bytes.byteLength + 3);
        memory.set(bytes, 1);
        return memory.subarray(1, 1 + bytes.byteLength);
      },
    },
    { name: 'bytes with a shadowed byteLength', make: shadowed('byteLength', 2 ** 31) },
    { name: 'bytes with a shadowed byteOffset', make: shadowed('byteOffset', 2 ** 31) },
    { name: 'bytes with a shadowed buffer', make: shadowed('buffer', new ArrayBuffer(1)) },
    { name: 'bytes with a shadowed length', make: shadowed('length', 0) },
  ];
}

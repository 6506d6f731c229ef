import { errorOf } from '@evolock/test-support';
import { expect, test } from 'vitest';
import {
  directDeserialiseBuf,
  directDeserialiseBufChecked,
  directSerialiseBuf,
  directSerialiseBufChecked,
  type DirectDeserialise,
  type DirectSerialise,
} from '../src/index.js';

/** A buffer of 64 bytes, and a function that detaches it, as a transfer to another thread does. */
function detachable(): { readonly buffer: Uint8Array; readonly detach: () => void } {
  const buffer = new Uint8Array(64).fill(7);
  return {
    buffer,
    detach: () => void structuredClone(buffer.buffer, { transfer: [buffer.buffer] }),
  };
}

/** Moves two blocks of 32 bytes and calls a function before one of them, or after both. */
function moveAround(move: (block: Uint8Array) => void, before: number, call: () => void): void {
  for (const number of [0, 1]) {
    if (number === before) call();
    move(new Uint8Array(32));
  }
  if (before === 2) call();
}

const typeThat = (before: number, call: () => void): DirectDeserialise<string> => ({
  directDeserialise(pull) {
    moveAround(pull, before, call);
    return 'read';
  },
});

const valueThat = (before: number, call: () => void): DirectSerialise => ({
  directSerialise: (push) => moveAround(push, before, call),
});

const protocolError = { name: 'ProtocolError', code: 'ERR_EVOLOCK_PROTOCOL' };

test.each([0, 1])('a type that detaches its source before block %i is refused', (before) => {
  for (const run of [directDeserialiseBuf, directDeserialiseBufChecked]) {
    const { buffer, detach } = detachable();
    const error = errorOf(() => run(buffer, typeThat(before, detach)));
    expect(error).toMatchObject(protocolError);
    expect(error.cause).toBeInstanceOf(TypeError);
  }
});

test('a type that catches the error is refused too, and its value is wiped', () => {
  const { buffer, detach } = detachable();
  let wiped = false;
  const type: DirectDeserialise<Disposable> = {
    directDeserialise(pull) {
      detach();
      errorOf(() => pull(new Uint8Array(32)));
      return { [Symbol.dispose]: () => void (wiped = true) };
    },
  };
  expect(errorOf(() => directDeserialiseBuf(buffer, type))).toMatchObject(protocolError);
  expect(wiped).toBe(true);
});

test('a value that was complete before its source was detached is returned', () => {
  const { buffer, detach } = detachable();
  expect(directDeserialiseBuf(buffer, typeThat(2, detach))).toEqual(['read', 64]);
});

test.each([0, 1, 2])(
  'a value that detaches its destination after %i blocks is refused',
  (before) => {
    for (const run of [directSerialiseBuf, directSerialiseBufChecked]) {
      const { buffer, detach } = detachable();
      expect(errorOf(() => run(buffer, valueThat(before, detach)))).toMatchObject(protocolError);
    }
  },
);

test('a source whose views are shorter than requested is refused', () => {
  const buffer = new Uint8Array(64);
  class Shorter extends Uint8Array {
    constructor(memory: ArrayBuffer, offset: number, length: number) {
      super(memory, offset, length - 1);
    }
  }
  Object.defineProperty(buffer, 'constructor', { value: { [Symbol.species]: Shorter } });
  const type = typeThat(-1, () => undefined);
  expect(errorOf(() => directDeserialiseBuf(buffer, type))).toMatchObject(protocolError);
});

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

/** A buffer of 64 bytes, and what takes it away: another thread could have asked for it. */
function detachable(): { readonly buffer: Uint8Array; readonly detach: () => void } {
  const buffer = new Uint8Array(64).fill(7);
  return {
    buffer,
    detach: () => void structuredClone(buffer.buffer, { transfer: [buffer.buffer] }),
  };
}

/** Moves two blocks of 32 bytes and calls something before one of them, or behind both. */
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

test('a type that swallows the refusal is refused all the same, and its value wiped', () => {
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

test('what was read whole before its source was detached is read', () => {
  const { buffer, detach } = detachable();
  expect(directDeserialiseBuf(buffer, typeThat(2, detach))).toEqual(['read', 64]);
});

test.each([0, 1, 2])(
  'a value that detaches its destination, %i blocks having been written, is refused',
  (before) => {
    for (const run of [directSerialiseBuf, directSerialiseBufChecked]) {
      const { buffer, detach } = detachable();
      expect(errorOf(() => run(buffer, valueThat(before, detach)))).toMatchObject(protocolError);
    }
  },
);

test('a source whose views are shorter than asked for is refused', () => {
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

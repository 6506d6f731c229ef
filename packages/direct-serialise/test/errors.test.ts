import fc from 'fast-check';
import { inspect } from 'node:util';
import { errorOf, wrongly } from '@evolock/test-support';
import { expect, test } from 'vitest';
import {
  ArgumentError,
  directDeserialiseBufChecked,
  directSerialiseBuf,
  directSerialiseBufChecked,
  directSerialiseTo,
  EvolockError,
  ProtocolError,
  SizeCheckError,
} from '../src/index.js';
import { checkBytes, checkInteger, checkMethod } from '../src/arguments.js';
import { typeOf, valueOf } from './support/values.js';

const asynchronous = (() => Promise.resolve()) as () => void;

test.each([
  [
    SizeCheckError,
    'ERR_EVOLOCK_SIZE_CHECK',
    () => directSerialiseBuf(new Uint8Array(1), valueOf([new Uint8Array(2)])),
  ],
  [
    ProtocolError,
    'ERR_EVOLOCK_PROTOCOL',
    () => directSerialiseTo(asynchronous, 1, valueOf([new Uint8Array(1)])),
  ],
  [
    ArgumentError,
    'ERR_EVOLOCK_ARGUMENT_TYPE',
    () => directSerialiseTo(wrongly('write'), 1, valueOf([])),
  ],
  [ArgumentError, 'ERR_EVOLOCK_ARGUMENT_VALUE', () => directSerialiseTo(() => {}, -1, valueOf([]))],
] as const)('%o has the code %s, a name and a message', (kind, code, raise) => {
  const error = errorOf(raise);
  for (const each of [kind, EvolockError, Error]) expect(error).toBeInstanceOf(each);
  expect(error['code']).toBe(code);
  expect(error.name).toBe(kind.name);
  expect(Object.keys(error)).not.toContain('name');
  expect(inspect(error)).toContain(`${kind.name}: ${error.message}`);
  expect(error.stack).toContain('errors.test');
});

/** All parts of an error that could be written to a log. */
function printed(error: Error): string {
  return inspect(error, { depth: 10, showHidden: true }) + JSON.stringify(error) + String(error);
}

test('no error contains bytes', () => {
  const secrets = fc.uint8Array({ minLength: 12, maxLength: 64 });
  fc.assert(
    fc.property(secrets, (secret) => {
      const room = new Uint8Array(secret.byteLength + 1);
      const errors = [
        () => directSerialiseBuf(new Uint8Array(1), valueOf([secret])),
        () => directSerialiseBufChecked(room, valueOf([secret])),
        () => directDeserialiseBufChecked(secret, typeOf([1])),
        () => directDeserialiseBufChecked(secret, typeOf([100])),
        () => directDeserialiseBufChecked(secret, wrongly(secret)),
        () => directSerialiseBuf(room, wrongly(secret)),
        () => directSerialiseTo(wrongly(secret), 1, valueOf([])),
        () => directSerialiseTo(() => {}, wrongly(secret), valueOf([])),
        () => directSerialiseTo(asynchronous, 64, valueOf([secret])),
        () => checkBytes('key', Buffer.from(secret).toString('hex')),
        () => checkBytes('key', [...secret]),
        () => checkBytes('key', secret, 99),
        () => checkBytes('key', new DataView(secret.buffer)),
        () => checkBytes('key', BigInt(`0x${Buffer.from(secret).toString('hex')}`)),
        () => checkInteger('size', Buffer.from(secret).toString('latin1'), 1, 2),
        () => checkMethod('type', { secret: Buffer.from(secret).toString('hex') }, 'pull'),
        () => checkMethod('type', () => secret, 'pull'),
      ].map(errorOf);
      const forms = [
        Buffer.from(secret).toString('hex'),
        Buffer.from(secret).toString('base64'),
        Buffer.from(secret).toString('latin1'),
        [...secret].join(','),
        [...secret].join(', '),
        String(BigInt(`0x${Buffer.from(secret).toString('hex')}`)),
      ];
      for (const error of errors) {
        const text = printed(error);
        for (const form of forms) expect(text.includes(form)).toBe(false);
      }
    }),
  );
});

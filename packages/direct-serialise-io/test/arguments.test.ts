import { Socket } from 'node:net';
import { MLockedBytes } from '@evolock/mlocked-bytes';
import { errorOf, rejectionOf, wrongly } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import {
  directDeserialiseFromDescriptor,
  directDeserialiseFromFile,
  directSerialiseToChild,
  directSerialiseToDescriptor,
  directSerialiseToFile,
  directSerialiseToSocket,
  LockedConnection,
  MAX_IO_SIZE,
} from '../src/index.js';
import { connected, socketPair } from './support/connections.js';
import { fileName, opened } from './support/files.js';

type Loose = (...given: unknown[]) => unknown;

const value = { directSerialise: () => {} };
const type = MLockedBytes.type(32);
const ARGUMENT = /^ERR_EVOLOCK_ARGUMENT_(TYPE|VALUE)$/;

const sizes = [undefined, '32', 0, -1, 1.5, MAX_IO_SIZE + 1, NaN, 32n];
const values = [undefined, null, {}, 'value'];
const options = [null, 7, 'options'];

describe('wrong arguments', () => {
  test('are refused by the synchronous functions', () => {
    const path = fileName();
    const fd = opened(path, 'w+');
    const cases: [Loose, unknown[][]][] = [
      [
        directSerialiseToDescriptor as Loose,
        [
          ...[undefined, -1, 1.5, 2 ** 31, '0'].map((wrong) => [wrong, 32, value]),
          ...sizes.map((wrong) => [fd, wrong, value]),
          ...values.map((wrong) => [fd, 32, wrong]),
        ],
      ],
      [
        directDeserialiseFromDescriptor as Loose,
        [
          ...[undefined, -1, 1.5, 2 ** 31, '0'].map((wrong) => [wrong, 32, type]),
          ...sizes.map((wrong) => [fd, wrong, type]),
          ...values.map((wrong) => [fd, 32, wrong]),
          ...options.map((wrong) => [fd, 32, type, wrong]),
        ],
      ],
      [
        directSerialiseToFile as Loose,
        [
          ...[undefined, 7, null, Buffer.from('path')].map((wrong) => [wrong, 32, value]),
          ...sizes.map((wrong) => [`${path}.new`, wrong, value]),
          ...values.map((wrong) => [`${path}.new`, 32, wrong]),
        ],
      ],
      [
        directDeserialiseFromFile as Loose,
        [
          ...[undefined, 7, null, Buffer.from('path')].map((wrong) => [wrong, 32, type]),
          ...sizes.map((wrong) => [path, wrong, type]),
          ...values.map((wrong) => [path, 32, wrong]),
          ...options.map((wrong) => [path, 32, type, wrong]),
        ],
      ],
    ];
    for (const [call, wrongs] of cases) {
      for (const given of wrongs) expect(errorOf(() => call(...given))['code']).toMatch(ARGUMENT);
    }
  });

  test('reject the promise of the asynchronous functions, and change nothing', async () => {
    const [socket] = await socketPair('unix');
    const { connection } = await connected({ transport: 'unix', origin: 'connected' });
    const limits = [
      ...options,
      { timeout: 0 },
      { timeout: 2 ** 31 },
      { timeout: '1' },
      { signal: {} },
      { signal: null },
    ];
    const child = { stdio: [null, null, null, socket] };
    const calls: [call: Loose, first: unknown[], last: unknown][] = [
      [directSerialiseToSocket as Loose, [socket], value],
      [directSerialiseToChild as Loose, [child, 3], value],
      [(...given) => connection.send(...(given as [never, never])), [], value],
      [(...given) => connection.receive(...(given as [never, never])), [], type],
    ];
    for (const [call, first, last] of calls) {
      for (const given of [
        ...sizes.map((wrong) => [...first, wrong, last]),
        ...values.map((wrong) => [...first, 32, wrong]),
        ...limits.map((wrong) => [...first, 32, last, wrong]),
      ]) {
        expect((await rejectionOf(call(...given) as Promise<void>))['code']).toMatch(ARGUMENT);
      }
    }
    for (const wrong of limits) {
      expect((await rejectionOf(connection.close(wrongly(wrong))))['code']).toMatch(ARGUMENT);
    }
    for (const wrong of [undefined, {}, new Socket(), 7]) {
      const sending = directSerialiseToSocket(wrongly(wrong), 32, value);
      expect((await rejectionOf(sending))['code']).toMatch(
        wrong instanceof Socket ? /SIZE_CHECK|IO_STREAM/ : ARGUMENT,
      );
    }
    expect([socket.destroyed, connection.destroyed]).toEqual([false, false]);
  });

  test('are refused as a target', async () => {
    for (const target of [
      undefined,
      null,
      'path',
      {},
      { path: 7 },
      { port: 0 },
      { port: 65_536 },
      { port: '80' },
      { port: 80, host: 7 },
    ]) {
      const connecting = LockedConnection.connect(wrongly(target));
      expect((await rejectionOf(connecting))['code']).toMatch(ARGUMENT);
    }
  });
});

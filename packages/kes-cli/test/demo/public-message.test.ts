import { expect, it } from 'vitest';
import { encodeMessage, messagesIn, type PublicMessage } from '../../src/demo/public-message.js';

async function* chunks(...texts: string[]): AsyncGenerator<string> {
  yield* texts;
}

async function read(...texts: string[]): Promise<PublicMessage[]> {
  const messages: PublicMessage[] = [];
  for await (const message of messagesIn(chunks(...texts))) messages.push(message);
  return messages;
}

const messages: PublicMessage[] = [
  { kind: 'received', period: 32, verificationKey: '00ff' },
  { kind: 'signature', period: 33, signature: 'abcd' },
  { kind: 'refused', code: 'ERR_EVOLOCK_RELEASED' },
  { kind: 'wiped', slots: 3, isZero: true },
];

it('messages come out as they went in, however the stream is cut', async () => {
  const text = messages.map(encodeMessage).join('');
  expect(await read(text)).toEqual(messages);
  expect(await read(...Array.from(text))).toEqual(messages);
});

it('fields that do not belong are left out', async () => {
  expect(await read('{"kind":"wiped","slots":1,"isZero":1,"x":2}\n')).toEqual([
    { kind: 'wiped', slots: 1, isZero: false },
  ]);
});

it.each([
  '\n',
  '{\n',
  '1\n',
  'null\n',
  '{"kind":"other"}\n',
  '{"kind":"received","period":1.5,"verificationKey":""}\n',
  '{"kind":"signature","period":1,"signature":"abc"}\n',
  '{"kind":"signature","period":1,"signature":"ABCD"}\n',
  '{"kind":"refused","code":"\\u001b"}\n',
  '{"kind":"wiped","slots":"1"}\n',
  'x'.repeat(5_000),
])('%j is refused', async (text) => {
  await expect(read(text)).rejects.toMatchObject({ problem: 'HAND_OVER_FAILED' });
});

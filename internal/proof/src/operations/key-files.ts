/** Operations on key files: the key of the last period is in locked memory, and that of each earlier period nowhere. */
import { randomUUID } from 'node:crypto';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { eraseFile, KeyFile } from '@evolock/direct-serialise-io';
import { sum6Kes, type KesSigningKey, sumKesOfDepth } from '@evolock/kes-sum';
import { keyAt, liveKey, released, type Expectation } from '../secrets/expectation.js';
import { keyOf } from './kes.js';
import { holds, layer, MESSAGE, type Operation, type Subject } from './operation.js';

const sum0Kes = sumKesOfDepth(0);

const PERIOD = 37;
const created = keyAt({ depth: 6, period: 0, visited: [0] });
const evolved = keyAt({ depth: 6, period: PERIOD, visited: [0, PERIOD - 1] });

const operation = layer('key files');

/** A file of its own for each run of a warm process. */
const pathIn = ({ folder }: Subject): string => join(folder, randomUUID());

const create = (subject: Subject, path: string): Promise<KeyFile<KesSigningKey>> =>
  KeyFile.open(path, sum6Kes, { create: () => ({ key: keyOf(sum6Kes, subject) }) });

/** An operation of a file whose key has evolved. */
const withEvolved = (
  name: string,
  expects: Expectation,
  run: (file: KeyFile<KesSigningKey>, path: string) => unknown,
) =>
  operation(name, expects, async (subject) => {
    const path = pathIn(subject);
    const file = await create(subject, path);
    await file.write({ period: PERIOD - 1 });
    await file.write({ period: PERIOD });
    return run(file, path);
  });

export const keyFileOperations: readonly Operation[] = [
  operation('created', created, async (subject) => (await create(subject, pathIn(subject))).key),
  withEvolved('evolved', evolved, (file) => file.key),
  withEvolved('closed', released(evolved), (file) => file.close()),
  withEvolved('retired, destroyed', released(evolved), async (file) => {
    await file.retire();
    await file.destroy();
  }),
  withEvolved('erased', released(evolved), async (file, path) => {
    await file.close();
    eraseFile(path);
  }),
  operation(
    'of the Ed25519 key of checkpoints, opened again, signed',
    liveKey(true),
    async (subject) => {
      const path = pathIn(subject);
      const create = () => ({ key: keyOf(sum0Kes, subject) });
      await (await KeyFile.open<KesSigningKey>(path, sum0Kes, { create })).close();
      const file = await KeyFile.open<KesSigningKey>(path, sum0Kes);
      file.key.sign(MESSAGE);
      return file.key;
    },
  ),
  operation('opened after a run that was killed while it evolved', evolved, async (subject) => {
    const path = pathIn(subject);
    const file = await create(subject, path);
    await file.write({ period: PERIOD - 1 });
    // A killed run leaves the unfinished file and the old one. The system copies, not this process.
    const unfinished = join(
      path,
      '..',
      `.${path.split('/').at(-1) ?? ''}.0123456789ab.evolock-new`,
    );
    copyFileSync(path, unfinished);
    await file.close();
    const again = await KeyFile.open(path, sum6Kes);
    await again.write({ period: PERIOD });
    holds(again.saved, 'the evolved key is saved');
    return again.key;
  }),
];

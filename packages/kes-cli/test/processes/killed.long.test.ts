/** `kes cold keygen`, killed or refused by the system at any call: no part of a pair is lost. Other pairs: `kes rotate`. */
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { readCounter } from '@evolock/cardano-kes';
import { expect, test } from 'vitest';
import { inFolder } from '@evolock/command-line/testing/folder';
import { kes, kesJson } from '../support/kes.js';
import { atEachCall } from '../support/processes/interruptions.js';

function emptyFolder(): void {
  for (const name of readdirSync(inFolder())) rmSync(inFolder(name));
}

test('kes cold keygen: the key is whole or absent, the other files can be made of it, and no second name is left', async () => {
  const [skey, vkey, counter] = ['skey', 'vkey', 'counter'].map((each) => inFolder(`cold.${each}`));
  if (skey === undefined || vkey === undefined || counter === undefined)
    return expect.unreachable();
  const make = ['cold', 'keygen', '--skey', skey, '--vkey', vkey, '--counter', counter];
  const seen = new Set<boolean>();
  await atEachCall([...make, '--offline'], emptyFolder, async (what) => {
    const isThere = existsSync(skey);
    seen.add(isThere);
    if (isThere) expect(statSync(skey).mode & 0o777, what).toBe(0o400);
    const again = await kesJson([...make, '--offline']);
    expect(again.code, what).toBe(isThere ? 2 : 0);
    if (isThere) {
      const { json } = await kesJson(['vkey', skey]);
      const key = json.coldVerificationKey as string;
      if (!existsSync(vkey)) expect((await kes(['vkey', skey, '--out', vkey])).code).toBe(0);
      const missing = ['counter', 'new', '--cold-vkey', key, '--out', counter];
      if (!existsSync(counter)) expect((await kes(missing)).code).toBe(0);
    }
    expect(statSync(skey).nlink, what).toBe(1);
    expect(readCounter(counter).next, what).toBe(0n);
    const keys = readdirSync(inFolder()).filter((name) => name.includes('skey'));
    expect(keys, what).toEqual(['cold.skey']);
  });
  expect(seen).toEqual(new Set([true, false]));
});

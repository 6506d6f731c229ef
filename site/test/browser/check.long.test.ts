import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { headerItems } from '@evolock/kes-verify';
import { externalVectors, sealedLogVectors } from '@evolock/test-vectors';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { examples } from '../../src/check/examples.js';
import { barriers, inBrowser, type View, type Visit } from '../support/browser.js';

const PAGE = '/verify.html';
const example = (name: string) =>
  readFileSync(new URL(`../../pages/public/examples/${name}`, import.meta.url));
const header = example('mainnet-conway.hex').toString().trim();

const field = (page: Page) => page.getByRole('textbox', { name: /^A header, a block/ });
const title = (page: Page) => page.locator('.results .verdict h2').first();
const warning = (page: Page) => page.getByRole('alert');

/** An entry of the real headers, as far as the test uses it. */
interface RealHeader {
  readonly headerHex: string;
  readonly valid: boolean;
  readonly expected: {
    readonly headerHash: string;
    readonly poolIdHex: string;
    readonly evolution: number;
    readonly slotsPerKESPeriod: number;
    readonly maxKESEvolutions: number;
  };
}

/** Waits until the check that was started last has ended. */
async function ended(page: Page): Promise<void> {
  await page.locator('.results[aria-busy="false"]').waitFor({ state: 'attached' });
}

async function checkText(page: Page, text: string): Promise<void> {
  await field(page).fill(text);
  await page.getByRole('button', { name: 'Check', exact: true }).click();
  await ended(page);
}

async function tryExample(page: Page, name: string): Promise<void> {
  await page.locator('.checker').getByRole('link', { name, exact: true }).click();
  await title(page).waitFor();
  await ended(page);
}

/** The value of a fact. */
async function factOf(page: Page, name: string): Promise<string> {
  return page
    .locator('dl > div', { has: page.locator(`dt:text-is("${name}")`) })
    .locator('dd')
    .innerText();
}

function dropFile(page: Page, name: string, bytes: Uint8Array): Promise<void> {
  return dropFiles(page, { [name]: bytes });
}

/** Drops files on the page, as a visitor does with the mouse. */
async function dropFiles(page: Page, files: Readonly<Record<string, Uint8Array>>): Promise<void> {
  const entries = Object.entries(files).map(([name, bytes]) => [
    name,
    Buffer.from(bytes).toString('base64'),
  ]);
  const transfer = await page.evaluateHandle(`(() => {
    const transfer = new DataTransfer();
    for (const [name, digits] of ${JSON.stringify(entries)}) {
      const bytes = Uint8Array.from(atob(digits), (one) => one.charCodeAt(0));
      transfer.items.add(new File([bytes], name));
    }
    return transfer;
  })()`);
  await page.dispatchEvent('h1', 'drop', { dataTransfer: transfer });
}

/** Pastes into the field that has the focus. */
function paste(page: Page, text: string): Promise<void> {
  return page.evaluate(`(() => {
    const field = document.activeElement;
    field.value = ${JSON.stringify(text)};
    field.dispatchEvent(new Event('input'));
    field.dispatchEvent(new ClipboardEvent('paste'));
  })()`);
}

/** Digits with one bit of the middle changed. */
function damaged(digits: string): string {
  const bytes = Buffer.from(digits, 'hex');
  bytes[bytes.length >> 1]! ^= 1;
  return bytes.toString('hex');
}

/** What each browser has to show. */
function verdicts(visit: Visit, shown = examples): void {
  test.each(shown.map((each) => [each.name, each] as const))(
    'gives the right verdict on the example: %s',
    async (name, { id, change }) => {
      await visit.open(PAGE, async (page) => {
        await tryExample(page, name);
        const words = await title(page).innerText();
        if (id === 'chunk') expect(words).toBe('✓ 40 headers: 40 valid, 0 not valid');
        else if (id === 'certificate') expect(words).toMatch(/Signed by its cold key/);
        else if (id === 'log') expect(words).toBe('✓ Valid: every sealed entry stands');
        else if (id === 'changed-log') {
          expect(words).toBe('✗ Not valid: line 7 was changed after it was sealed');
          await page.getByText('It is now: “2026-11-29 09:41:17 bob pays 45 to').waitFor();
          await page.getByText('does not fit: lines 6 to 8 (entries 5 to 7, counted').waitFor();
          await page.getByText('Changed after they were sealed: line 7 (entry 6,').waitFor();
        } else if (change !== undefined) expect(words).toBe('✗ Not valid');
        else expect(words).toBe('✓ Valid: the pool signed this header');
      });
    },
  );

  test('says which entries of a sealed log stand, and which were changed', async () => {
    const { logs } = sealedLogVectors();
    const { entries, seals, hashes, verifierKey } = logs.find(({ name }) => name === 'one-key')!;
    const changed = Uint8Array.from(entries);
    changed[1]! ^= 1;
    await visit.open(PAGE, async (page) => {
      await dropFiles(page, { 'a.log': entries, 'a.log.seals': seals });
      await warning(page).getByText('Paste the verifier key').waitFor();
      await page.getByLabel('Verifier key of the log').fill(`${verifierKey}\n`);
      await page.getByLabel('Verifier key of the log').press('Enter');
      await title(page).getByText('Valid: every sealed entry stands').waitFor();
      await dropFiles(page, { 'a.log': changed, 'a.log.seals': seals, 'a.log.hashes': hashes });
      await title(page).getByText('Not valid').waitFor();
      await page.getByText(/^Changed after .* line 1 \(entry 0, counted from 0\)\.$/).waitFor();
      expect(await barriers(page)).toEqual([]);
    });
  });

  test('leads by a link to the verdict, and refuses a signing key in one', async () => {
    await visit.open(`${PAGE}#network=mainnet&check=${header}`, async (page) => {
      await title(page).waitFor();
      await ended(page);
      expect(await title(page).innerText()).toBe('✓ Valid: the pool signed this header');
      await page.getByRole('button', { name: 'Copy link' }).waitFor();
      await page.evaluate(`location.hash = 'check=590260${'5a'.repeat(608)}'`);
      await warning(page).getByText('This may be a signing key').waitFor();
      expect(await page.evaluate('location.href + document.body.innerText')).not.toContain('5a5a');
      expect(await field(page).inputValue()).toBe('');
      expect(await page.getByRole('button', { name: 'Copy link' }).count()).toBe(0);
    });
  });
}

inBrowser(
  'the page that checks, in Firefox',
  (visit) => {
    verdicts(
      visit,
      examples.filter(({ files: [first = ''] }) => /^(?:preview|mainnet-conway)/.test(first)),
    );
  },
  'firefox',
);

inBrowser('the page that checks', (visit) => {
  verdicts(visit);

  test('checks what is pasted, without a button', async () => {
    await visit.open(PAGE, async (page) => {
      await field(page).focus();
      await paste(page, header);
      await page
        .getByText('Valid: the pool signed this header', { exact: false })
        .first()
        .waitFor();
    });
  });

  test('checks a text that is dropped', async () => {
    await visit.open(PAGE, async (page) => {
      const transfer = await page.evaluateHandle(`(() => {
        const transfer = new DataTransfer();
        transfer.setData('text/plain', ${JSON.stringify(header)});
        return transfer;
      })()`);
      await page.dispatchEvent('.checker form', 'drop', { dataTransfer: transfer });
      await title(page).waitFor();
      await ended(page);
      expect(await title(page).innerText()).toBe('✓ Valid: the pool signed this header');
    });
  });

  test('shows one header of several, and the broken ones first', async () => {
    const chunk = Uint8Array.from(example('preview.chunk'));
    chunk[20_000]! ^= 1;
    await visit.open(PAGE, async (page) => {
      await page.getByLabel('Network').selectOption('preview');
      await dropFile(page, '00000.chunk', chunk);
      await title(page).getByText('40 headers: 39 valid, 1 not valid').waitFor();
      await ended(page);
      const [first, second] = await page.locator('tbody tr').all();
      expect(await first!.innerText()).toContain('✗');
      expect(await second!.innerText()).toContain('✓ valid');
      await second!.getByRole('button').click();
      await page
        .getByRole('heading', { name: /Valid: the pool signed this header, slot 0$/ })
        .waitFor();
      expect(await factOf(page, 'Slot')).toMatch(/^0 /);
    });
  });

  test('judges an own header without the nonce and the network of an example, and shows no verdict on another input', async () => {
    await visit.open(PAGE, async (page) => {
      await tryExample(page, 'First block of preview, with its VRF proofs');
      expect(await page.getByLabel('Network').inputValue()).toBe('preview');
      await field(page).fill(header);
      expect(await page.getByLabel('Network').inputValue()).toBe('mainnet');
      expect(await title(page).count()).toBe(0);
      await checkText(page, header);
      expect(await title(page).innerText()).toBe('✓ Valid: the pool signed this header');
    });
  });

  test('shows 50 of many lines, and all when it is asked', async () => {
    const chunk = example('preview.chunk');
    await visit.open(PAGE, async (page) => {
      await page.getByLabel('Network').selectOption('preview');
      await dropFile(page, '00000.chunk', Buffer.concat([chunk, chunk]));
      await title(page).getByText('80 headers: 80 valid, 0 not valid').waitFor();
      await ended(page);
      expect(await page.locator('tbody tr').count()).toBe(50);
      await page.getByRole('button', { name: 'Show 30 more' }).click();
      expect(await page.locator('tbody tr').count()).toBe(80);
    });
  });

  test('shows the example that was chosen last', async () => {
    await visit.open(PAGE, async (page) => {
      await page.evaluate(`for (const words of ['A chunk', 'The same', 'A sealed log', 'A header of'])
        [...document.querySelectorAll('.checker a')]
          .find(({ textContent }) => textContent.trim().startsWith(words)).click()`);
      await title(page).waitFor();
      await ended(page);
      expect(await title(page).innerText()).toBe('✓ Valid: the pool signed this header');
      expect((await field(page).inputValue()).trim()).toBe(header);
      expect(await page.locator('.lines').count()).toBe(0);
    });
  });

  test('shows a verdict and a warning between the form and the examples', async () => {
    await visit.open(PAGE, async (page) => {
      for (const name of ['A sealed log', 'A header of mainnet, 2024']) {
        await tryExample(page, name);
        const top = async () => (await title(page).boundingBox())!.y;
        await expect.poll(top, { timeout: 30_000 }).toBeGreaterThanOrEqual(0);
        expect(await top()).toBeLessThan(page.viewportSize()!.height);
      }
      expect(await page.locator('form ~ .results:has(.verdict) ~ section:has(h2)').count()).toBe(1);
      await checkText(page, 'hello');
      expect(await page.locator('form + .warning ~ section:has(h2)').count()).toBe(1);
    });
  });

  test('checks the other files when one is removed by keyboard, and begins again without files', async () => {
    const { entries, seals, verifierKey } = sealedLogVectors().logs.find(
      ({ name }) => name === 'one-key',
    )!;
    const others = { 'a.log': entries, 'a.log.seals': seals };
    await visit.open(PAGE, async (page) => {
      const remove = (name: string) =>
        page.getByRole('button', { name: `Remove ${name}`, exact: true });
      const isFocused = page.locator(':focus');
      await dropFiles(page, { ...others, 'a.log.0': Buffer.from('of another\nlog\n') });
      await page.getByLabel('Verifier key of the log').fill(verifierKey);
      await page.getByLabel('Verifier key of the log').press('Enter');
      await title(page).getByText('Not valid').waitFor();
      expect(await barriers(page)).toEqual([]);
      await remove('a.log.0').press('Enter');
      await title(page).getByText('Valid: every sealed entry stands').waitFor();
      await remove('a.log.seals').and(isFocused).waitFor();
      await page.keyboard.press('Enter');
      await remove('a.log').and(isFocused).waitFor();
      expect(await title(page).count()).toBe(0);
      await page.keyboard.press('Enter');
      await page.getByLabel('Choose files').and(isFocused).waitFor();
      expect(await page.locator('.file, .of-log, .verdict, .warning').count()).toBe(0);
    });
  });

  test('takes a file by its button, and a certificate in JSON', async () => {
    await visit.open(PAGE, async (page) => {
      await page.getByLabel('Choose files').setInputFiles({
        name: 'node.cert',
        mimeType: 'application/json',
        buffer: example('certificate.json'),
      });
      await page.getByText('Signed by its cold key', { exact: false }).first().waitFor();
      expect(await factOf(page, 'Counter')).toBe('23');
    });
  });

  test('checks again when the network changes, and takes the parameters of another network', async () => {
    await visit.open(PAGE, async (page) => {
      await checkText(page, header);
      await page.getByLabel('Network').selectOption('other');
      await page.getByLabel('slotsPerKESPeriod').fill('86400');
      await page.getByLabel('slotsPerKESPeriod').press('Enter');
      await page.locator('.verdict.bad').waitFor();
      await page.getByLabel('slotsPerKESPeriod').fill('nothing');
      await page.getByLabel('slotsPerKESPeriod').press('Enter');
      await warning(page).getByText('slotsPerKESPeriod must be').waitFor();
    });
  });

  test.each([
    ['KES signing key', `590260${'5a'.repeat(608)}`],
    ['VRF signing key', `5840${'5a'.repeat(64)}`],
    [
      'envelope',
      JSON.stringify({
        type: 'KesSigningKey_ed25519_kes_2^6',
        description: 'KES Signing Key',
        cborHex: `590260${'5a'.repeat(608)}`,
      }),
    ],
  ])('refuses a signing key and clears it: %s', async (_name, text) => {
    await visit.open(PAGE, async (page) => {
      await checkText(page, text);
      await warning(page).getByText('This may be a signing key').waitFor();
      expect(await field(page).inputValue()).toBe('');
      await dropFile(page, 'kes.skey', Buffer.from(text));
      await warning(page).getByText('This may be a signing key').waitFor();
      expect(await page.content()).not.toContain('5a5a5a5a');
      expect(await page.getByText('kes.skey').count()).toBe(0);
      // The page still works.
      await checkText(page, header);
      expect(await title(page).innerText()).toBe('✓ Valid: the pool signed this header');
    });
  });

  test('names the member of JSON that has the size of a signature, and clears it', async () => {
    await visit.open(PAGE, async (page) => {
      const text = JSON.stringify({ header, sigmaHex: '5a'.repeat(64) });
      await checkText(page, text);
      await warning(page).getByText('The member sigmaHex holds 64 bytes').waitFor();
      expect(await field(page).inputValue()).toBe('');
      expect(await page.content()).not.toContain('5a5a5a5a');
    });
  });

  test.each(['', 'x=', 'check='])('clears a signing key in the fragment #%s', async (name) => {
    await visit.open(`${PAGE}#${name}590260${'5a'.repeat(608)}`, async (page) => {
      await warning(page).getByText('This may be a signing key').waitFor();
      expect(await page.evaluate('location.href + document.body.innerText')).not.toContain('5a5a');
    });
  });

  test('ends the warning of a cleared field with the next content of the field', async () => {
    await visit.open(PAGE, async (page) => {
      await page.getByText('More options').click();
      const nonce = page.getByLabel('Nonce of the epoch');
      await nonce.fill(`5840${'5a'.repeat(64)}`);
      await nonce.press('Enter');
      await warning(page).getByText('This may be a signing key').waitFor();
      expect(await nonce.inputValue()).toBe('');
      await nonce.fill('ab'.repeat(32));
      await nonce.press('Enter');
      await warning(page).getByText('Paste a header').waitFor();
    });
  });

  test('has the address of an unchanged example as its link, also where the input is larger than a link', async () => {
    await visit.open(PAGE, async (page) => {
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      await tryExample(page, 'A chunk of 40 blocks');
      await page.getByRole('button', { name: 'Copy link' }).click();
      await page.getByText('Link copied.').waitFor();
      const copied = await page.evaluate<string>('navigator.clipboard.readText()');
      expect(new URL(copied).hash).toBe('#example=chunk');
      await page.getByLabel('Network').selectOption('preprod');
      await page.getByText('No link: this is larger than a link can be.').waitFor();
    });
  });

  test('opens a link without the parts of a log that wait', async () => {
    const { notes } = sealedLogVectors().logs.find(({ name }) => name === 'one-key')!;
    await visit.open(PAGE, async (page) => {
      await dropFile(page, 'checkpoint', Buffer.from(notes[0]!));
      await page.getByText('Remove').waitFor();
      await tryExample(page, 'A sealed log');
      expect(await page.locator('.file').count()).toBe(3);
    });
  });

  test.each([
    ['beside an example', `example=conway&check=590260${'5a'.repeat(608)}`],
    ['beside an example, under another name', `example=conway&x=590260${'5a'.repeat(608)}`],
    ['in a part that no link has', `check=${header}&x=590260${'5a'.repeat(608)}`],
  ])('takes a key out of the address: %s', async (_name, fragment) => {
    await visit.open(`${PAGE}#${fragment}`, async (page) => {
      await warning(page).getByText('This may be a signing key').waitFor();
      expect(await page.evaluate('location.href + document.body.innerText')).not.toContain('5a5a');
    });
  });

  test('takes the link of an example out of the address with an own input', async () => {
    await visit.open(`${PAGE}#example=conway`, async (page) => {
      await title(page).waitFor();
      await ended(page);
      expect(await page.evaluate('location.hash')).toBe('#example=conway');
      await checkText(page, 'hello');
      await warning(page).getByText('This is neither').waitFor();
      expect(await page.evaluate('location.hash')).toBe('');
    });
  });

  test('calls 32 bytes no signing key, and clears them all the same', async () => {
    await visit.open(PAGE, async (page) => {
      const digits = '5a'.repeat(32);
      await checkText(page, digits);
      await warning(page).getByText('This page needs the header itself').waitFor();
      expect(await warning(page).innerText()).not.toContain('This may be a signing key');
      expect(await field(page).inputValue()).toBe('');
      await dropFile(page, 'hash', Buffer.from(digits));
      await warning(page).getByText('This page needs the header itself').waitFor();
      expect(await page.content()).not.toContain('5a5a5a5a');
    });
  });

  test('checks a header in JSON, in base64 and compressed', async () => {
    const bytes = Buffer.from(header, 'hex');
    await visit.open(PAGE, async (page) => {
      await checkText(page, JSON.stringify({ cborHex: header }));
      expect(await title(page).innerText()).toBe('✓ Valid: the pool signed this header');
      await checkText(page, bytes.toString('base64'));
      expect(await title(page).innerText()).toBe('✓ Valid: the pool signed this header');
      await field(page).fill('');
      await dropFile(page, 'header.gz', gzipSync(bytes));
      await title(page).waitFor();
      await ended(page);
      expect(await title(page).innerText()).toBe('✓ Valid: the pool signed this header');
    });
  });

  test('counts an unfinished last block apart, and finds a missing one', async () => {
    const chunk = example('preview.chunk');
    const ends = [...headerItems(chunk)].map(({ offset, size }) => offset + size);
    await visit.open(PAGE, async (page) => {
      await page.getByLabel('Network').selectOption('preview');
      await dropFile(page, '00000.chunk', chunk.subarray(0, -1));
      await title(page).getByText('39 headers: 39 valid, 0 not valid').waitFor();
      await page.getByText('The last block ends too early').waitFor();
      await page.getByText('none is missing between them').waitFor();
      const without = Buffer.concat([chunk.subarray(0, ends[4]), chunk.subarray(ends[5])]);
      await dropFile(page, '00000.chunk', without);
      await title(page).getByText('39 headers: 39 valid, 0 not valid').waitFor();
      await page.getByText('Headers that do not name the one before: 1.').waitFor();
    });
  });

  test.each([
    ['', 'Paste a header'],
    ['hello', 'neither hexadecimal digits'],
    ['82a', 'odd number'],
  ])('tells in a sentence what is wrong with %j', async (text, sentence) => {
    await visit.open(PAGE, async (page) => {
      await checkText(page, text);
      await warning(page).getByText(sentence).waitFor();
    });
  });

  test('checks a proof of an entry', async () => {
    const { proof, entry, verifierKey } = sealedLogVectors().proofs.find(({ valid }) => valid)!;
    await visit.open(PAGE, async (page) => {
      await checkText(page, verifierKey);
      await warning(page).getByText('This is the verifier key of a log').waitFor();
      await checkText(page, proof);
      await title(page).getByText('Not proved').waitFor();
      const field = page.getByLabel('The entry that the proof is about');
      await field.fill(new TextDecoder().decode(entry));
      await field.press('Enter');
      await title(page).getByText('Proved: this entry is in the log').waitFor();
      // The field is judged like a paste, before a worker hears of it.
      await field.fill('5a'.repeat(64));
      await field.press('Enter');
      await warning(page).getByText('This may be a signing key').waitFor();
      expect(await page.content()).not.toContain('5a5a');
      expect(
        await page
          .getByRole('textbox')
          .evaluateAll((all) => all.map((each) => (each as { value?: string }).value).join('')),
      ).not.toContain('5a5a');
    });
  });

  test('brings the parts of a log together, pasted and dropped one after the other', async () => {
    const { cases } = sealedLogVectors();
    const cut = cases.find(({ name }) => name === 'a checkpoint beyond a cut log')!.input;
    const [{ note } = { note: '' }] = cut.checkpoints!;
    await visit.open(PAGE, async (page) => {
      await dropFile(page, 'a.log.seals', cut.seals);
      await warning(page).getByText('This is a part of a sealed log').waitFor();
      await dropFile(page, 'a.log', cut.files[0]!);
      await warning(page).getByText('Paste the verifier key').waitFor();
      await checkText(page, cut.verifierKey);
      await title(page).getByText('Valid: every sealed entry stands').waitFor();
      await page.getByText('Nothing proves where the log ends').waitFor();
      await checkText(page, note);
      await title(page).getByText('the log is not complete').waitFor();
      await page.getByText('A checkpoint has a later seal').waitFor();
      expect(await page.getByLabel('Network').count()).toBe(0);
      await page.getByText('More options').click();
      await page.getByLabel('Greatest age of the last seal').fill('60');
      await page.getByLabel('Greatest age of the last seal').press('Enter');
      await page.getByText('The last seal is too old').waitFor();
    });
  });

  test('keeps a log when a file is added, and replaces the file of the same name', async () => {
    const { entries, seals, hashes, verifierKey } = sealedLogVectors().logs.find(
      ({ name }) => name === 'one-key',
    )!;
    const changed = Uint8Array.from(entries);
    changed[1]! ^= 1;
    await visit.open(PAGE, async (page) => {
      await dropFiles(page, { 'a.log': changed, 'a.log.seals': seals, 'a.log.hashes': hashes });
      const request = page.locator('form .warning.note ~ .of-log');
      await request.waitFor();
      await page.getByLabel('Verifier key of the log').focus();
      await paste(page, verifierKey);
      await title(page).getByText('line 1 was changed').waitFor();
      await dropFile(page, 'package.json', Buffer.from('{"name":"x"}'));
      await page.getByText('package.json, 12 bytes: not used').waitFor();
      await title(page).getByText('line 1 was changed').waitFor();
      await dropFile(page, 'pic.png', Uint8Array.of(0x89, 0x50, 0x4e, 0x47));
      await page.getByText('pic.png, 4 bytes: not used').waitFor();
      await dropFile(page, 'a.log', entries);
      await title(page).getByText('Valid: every sealed entry stands').waitFor();
      await page.getByText('Not used, because the log is a.log: package.json, pic.png.').waitFor();
      expect(await page.locator('.file').count()).toBe(5);
      expect(await barriers(page)).toEqual([]);
      await checkText(page, header);
      expect(await title(page).innerText()).toBe('✓ Valid: the pool signed this header');
      expect(await page.locator('.file').count()).toBe(0);
    });
  });

  test('leads to the field of the key, and takes a key from the large field', async () => {
    const { entries, seals, hashes, verifierKey } = sealedLogVectors().logs.find(
      ({ name }) => name === 'one-key',
    )!;
    const files = { 'a.log': entries, 'a.log.seals': seals, 'a.log.hashes': hashes };
    const ofKey = (page: Page) => page.getByLabel('Verifier key of the log');
    await visit.open(PAGE, async (page) => {
      await dropFiles(page, files);
      await warning(page).getByText('Paste the verifier key').waitFor();
      await ofKey(page).and(page.locator(':focus')).waitFor();
      const { y, height } = (await ofKey(page).boundingBox())!;
      expect(y).toBeGreaterThanOrEqual(0);
      expect(y + height).toBeLessThanOrEqual(page.viewportSize()!.height);
      await field(page).fill(verifierKey);
      await page.getByText('a.log.seals, ').waitFor();
      await page.getByRole('button', { name: 'Check', exact: true }).click();
      await title(page).getByText('Valid: every sealed entry stands').waitFor();
      await page.getByText('a.log.seals, ').waitFor();
    });
    await visit.open(PAGE, async (page) => {
      await dropFiles(page, { ...files, 'key.txt': Buffer.from(verifierKey) });
      await warning(page).getByText('The verifier key in key.txt was not used').waitFor();
      await ofKey(page).and(page.locator(':focus')).waitFor();
      expect(await ofKey(page).inputValue()).toBe('');
      await ofKey(page).fill(`${verifierKey.slice(0, -1)}_`);
      await ofKey(page).press('Enter');
      await warning(page).getByText('This is not a verifier key').waitFor();
      expect(await title(page).count()).toBe(0);
      await ofKey(page).fill('');
      expect(await warning(page).count()).toBe(0);
      await paste(page, verifierKey);
      await title(page).getByText('Valid: every sealed entry stands').waitFor();
      await page.getByText('The verifier key in key.txt was not used').waitFor();
    });
    await visit.open(PAGE, async (page) => {
      await field(page).fill(verifierKey);
      await dropFiles(page, files);
      await title(page).getByText('Valid: every sealed entry stands').waitFor();
      expect(await ofKey(page).inputValue()).toBe(verifierKey);
    });
  });

  test('leads by the links of a list, a log and a proof to their verdicts', async () => {
    const { proofs, cases } = sealedLogVectors();
    const { verifierKey, proof, entry } = proofs.find(({ valid }) => valid)!;
    const log = cases.find(({ name }) => name === 'ended, with hashes')!.input;
    const { hashes = new Uint8Array() } = log;
    await visit.open(PAGE, async (page) => {
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      const visits: readonly [() => Promise<void>, RegExp][] = [
        [() => checkText(page, `${header}\n${header}`), /2 headers: 2 valid/],
        [
          async () => {
            await dropFiles(page, {
              log: log.files[0]!,
              'log.seals': log.seals,
              'log.hashes': hashes,
            });
            await page.getByLabel('Verifier key of the log').fill(log.verifierKey);
            await page.getByLabel('Verifier key of the log').press('Enter');
          },
          /Valid: every sealed entry stands/,
        ],
        [
          async () => {
            await page.getByLabel('Verifier key of the log').fill(verifierKey);
            await dropFiles(page, { proof: Buffer.from(proof), entry });
          },
          /Proved: this entry is in the log/,
        ],
      ];
      for (const [check, verdict] of visits) {
        await check();
        await title(page).getByText(verdict).waitFor();
        const text = await page.locator('.results').innerText();
        await page.getByRole('button', { name: 'Copy link' }).first().click();
        await page.getByText('Link copied.').waitFor();
        const { hash } = new URL(await page.evaluate<string>('navigator.clipboard.readText()'));
        await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
        await ended(page);
        await title(page).getByText(verdict).waitFor();
        if (hash.includes('key=')) await page.getByText('came with the link').waitFor();
        else
          expect(await page.locator('.results').innerText()).toBe(text.replace('Link copied.', ''));
      }
      await dropFile(page, '00000.chunk', example('preview.chunk'));
      await page.getByText('No link: this is larger than a link can be.').waitFor();
      await page.evaluate(`location.hash = 'file=log:YQ'`);
      await warning(page).getByText('This link is damaged').waitFor();
      expect(await title(page).count()).toBe(0);
    });
  });

  test('copies a verdict as JSON, and keeps one worker, which starts by itself', async () => {
    await visit.open(PAGE, async (page) => {
      const worker = page.workers()[0] ?? (await page.waitForEvent('worker'));
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      await tryExample(page, 'First block of preview, with its VRF proofs');
      const copied = async (name: string) => {
        await page.getByRole('button', { name }).click();
        await page.getByText(/ copied\.$/).waitFor();
        return page.evaluate<string>('navigator.clipboard.readText()');
      };
      expect(JSON.parse(await copied('Copy as JSON'))).toMatchObject({
        result: 'valid',
        vrf: 'good',
      });
      await checkText(page, header);
      expect(await copied('Copy link')).toContain(`.html#network=mainnet&check=${header}`);
      expect(page.workers()).toEqual([worker]);
    });
  });

  test('is paused and goes on, and a later check ends it', async () => {
    const chunk = example('preview.chunk');
    await visit.open(PAGE, async (page) => {
      await page.getByLabel('Network').selectOption('preview');
      await dropFile(page, '00000.chunk', Buffer.concat(Array<Buffer>(20).fill(chunk)));
      await page.getByRole('button', { name: 'Pause' }).click();
      const label = (await page.locator('.running label').boundingBox())!;
      const bar = (await page.locator('progress').boundingBox())!;
      expect(bar.width).toBeGreaterThan(200);
      expect(label.height).toBeLessThan(40);
      await page.getByRole('button', { name: 'Go on' }).click();
      await page.getByRole('button', { name: 'Pause' }).click();
      await page.getByLabel('Network').selectOption('mainnet');
      await checkText(page, header);
      expect(await title(page).innerText()).toBe('✓ Valid: the pool signed this header');
      expect(await page.locator('.lines').count()).toBe(0);
    });
  });

  test('shows its field on the first screen of a phone', async () => {
    await visit.open(
      PAGE,
      async (page) => {
        const box = (await field(page).boundingBox())!;
        expect(box.y + box.height).toBeLessThan(640);
      },
      { width: 360 },
    );
  });

  test('is used by keyboard alone', async () => {
    await visit.open(PAGE, async (page) => {
      await field(page).focus();
      await page.keyboard.insertText(header);
      for (const name of ['Network', 'Choose files']) {
        await page.keyboard.press('Tab');
        await page.getByLabel(name).and(page.locator(':focus')).waitFor();
      }
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await page
        .getByRole('status')
        .getByText('Valid: the pool signed this header')
        .waitFor({ state: 'attached' });
    });
  });

  const views: View[] = [
    { colorScheme: 'light', width: 360 },
    { colorScheme: 'dark', width: 1_280 },
  ];
  test.each(views)('has no barrier and no wide line in any state: %j', async (view) => {
    await visit.open(
      PAGE,
      async (page) => {
        for (const { name } of examples) {
          await tryExample(page, name);
          expect([name, await barriers(page)]).toEqual([name, []]);
          expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(view.width);
          const hidden = page
            .locator('.scroll')
            .evaluateAll((all) =>
              all.filter((each) => each.scrollWidth > each.clientWidth).map(String),
            );
          expect([name, await hidden]).toEqual([name, []]);
        }
        await checkText(page, 'hello');
        expect(await barriers(page)).toEqual([]);
      },
      view,
    );
  });

  const real = externalVectors('real-headers.json');
  test.skipIf(!real.available)(
    `checks chunks of a node one after the other${real.available ? '' : `: ${real.reason}`}`,
    async () => {
      if (!real.available) return;
      const names = [0, 1, 2, 3, 4].map((number) => `0000${number}.chunk`);
      const chunks = names.map((name) => join(dirname(real.path), 'immutable', name));
      await visit.open(PAGE, async (page) => {
        await page.getByLabel('Network').selectOption('preview');
        const began = performance.now();
        await page.getByLabel('Choose files').setInputFiles(chunks);
        await title(page)
          .getByText(/1,?080 headers: 1,?080 valid, 0 not valid/)
          .waitFor();
        await ended(page);
        // It depends on what else the machine does, so it is a figure to read.
        console.log(`${Math.round(1_080_000 / (performance.now() - began))} headers a second`);
        await page.getByText('none is missing between them').waitFor();
      });
    },
  );

  test.skipIf(!real.available)(
    `gives the right verdict on every real header, and refuses each when it is damaged${real.available ? '' : `: ${real.reason}`}`,
    async () => {
      if (!real.available) return;
      await visit.open(PAGE, async (page) => {
        await page.getByLabel('Network').selectOption('other');
        for (const entry of Object.values(real.data as Record<string, RealHeader>)) {
          const { headerHex, valid, expected } = entry;
          await page.getByLabel('slotsPerKESPeriod').fill(String(expected.slotsPerKESPeriod));
          await page.getByLabel('maxKESEvolutions').fill(String(expected.maxKESEvolutions));
          await checkText(page, headerHex);
          const words = valid ? '✓ Valid: the pool signed this header' : '✗ Not valid';
          expect(await title(page).innerText()).toBe(words);
          expect(await factOf(page, 'Hash of the header')).toBe(expected.headerHash);
          expect(await factOf(page, 'Hash of the cold key')).toBe(expected.poolIdHex);
          expect(await factOf(page, 'Evolution')).toBe(String(expected.evolution));
          await checkText(page, damaged(headerHex));
          expect(await title(page).innerText()).toMatch(/^(?:✗ Not valid|✗ Not a header)$/);
        }
      });
    },
  );
});

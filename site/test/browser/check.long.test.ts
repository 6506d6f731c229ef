import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { headerItems } from '@evolock/cardano-headers';
import { externalVectors } from '@evolock/test-support/external';
import { sealedLogVectors } from '@evolock/test-vectors';
import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { examples, withChangedBit, type Example } from '../../src/check/examples.js';
import { barriers, inBrowser, type View, type Visit } from '../support/browser.js';
import type { RealHeader } from '../support/judged.js';

const PAGE = '/verify.html';
const example = (name: string) =>
  readFileSync(new URL(`../../pages/public/examples/${name}`, import.meta.url));
const header = example('mainnet-conway.hex').toString().trim();

const VALID = '✓ Valid: the pool signed this header';
const KEY = `590260${'5a'.repeat(608)}`;

const { cases, logs, proofs } = sealedLogVectors();
const { entries, seals, hashes, verifierKey, notes } = logs.find(({ name }) => name === 'ended')!;
const changed = Uint8Array.from(entries);
changed[1]! ^= 1;
const log = { 'a.log': entries, 'a.log.seals': seals };
const changedLog = { 'a.log': changed, 'a.log.seals': seals, 'a.log.hashes': hashes };

const field = (page: Page) => page.getByRole('textbox', { name: /^A header, a block/ });
const title = (page: Page) => page.locator('.results .verdict h2').first();
const warning = (page: Page) => page.getByRole('alert');
const keyField = (page: Page) => page.getByLabel('Verifier key of the log');
const network = (page: Page) => page.getByLabel('Network');

/** Waits until the check that was started last has ended. */
async function ended(page: Page): Promise<void> {
  await page.locator('.results[aria-busy="false"]').waitFor({ state: 'attached' });
}

async function checkText(page: Page, text: string): Promise<void> {
  await field(page).fill(text);
  await page.getByRole('button', { name: 'Check', exact: true }).click();
  await ended(page);
}

/** Checks a text, and expects a verdict. */
async function judges(page: Page, text: string, words: string): Promise<void> {
  await checkText(page, text);
  expect(await title(page).innerText()).toBe(words);
}

/** Fills a field, as a visitor does. */
async function enter(of: Locator, text: string): Promise<void> {
  await of.fill(text);
  await of.press('Enter');
}

/** Clicks a button that copies, and returns what is copied. */
async function copied(page: Page, name: string): Promise<string> {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByRole('button', { name }).first().click();
  await page.getByText(/ copied\.$/).waitFor();
  return page.evaluate<string>('navigator.clipboard.readText()');
}

async function tryExample(page: Page, name: string): Promise<void> {
  await page.locator('.checker').getByRole('link', { name, exact: true }).click();
  await title(page).waitFor();
  await ended(page);
}

/** Tries an example, and expects its verdict. */
async function judgesExample(page: Page, { name, id, change }: Example): Promise<void> {
  await tryExample(page, name);
  const words = await title(page).innerText();
  if (id === 'chunk') expect(words).toBe('✓ 40 headers: 40 valid, 0 not valid');
  else if (id === 'certificate') expect(words).toMatch(/Signed by its cold key/);
  else if (id === 'log') expect(words).toBe('✓ Valid: every sealed entry stands');
  else if (id === 'changed-log') {
    expect(words).toBe('✗ NOT as it was sealed: line 7 of the log (entry 6) was changed');
    await page.getByText('Line 7 is now: “2026-12-02 09:41:17 bob pays 45 to').waitFor();
    await page.getByText('does not fit: lines 6 to 8 (entries 5 to 7, counted').waitFor();
    await page.getByText('Changed: Line 7 of the log (entry 6), sealed between').waitFor();
  } else expect(words).toBe(change === undefined ? VALID : '✗ Not valid');
}

/** The value of a fact. */
async function factOf(page: Page, name: string): Promise<string> {
  return page
    .locator('dl > div', { has: page.locator(`dt:text-is("${name}")`) })
    .locator('dd')
    .innerText();
}

/** Drops files on the page, as a visitor does with the mouse. */
async function dropFiles(
  page: Page,
  files: Readonly<Record<string, Uint8Array>>,
  times = 1,
): Promise<void> {
  const entries = Object.entries(files).map(([name, bytes]) => [
    name,
    Buffer.from(bytes).toString('base64'),
  ]);
  const transfer = await page.evaluateHandle(`(() => {
    const transfer = new DataTransfer();
    for (const [name, digits] of ${JSON.stringify(entries)}) {
      const bytes = Uint8Array.from(atob(digits), (one) => one.charCodeAt(0));
      transfer.items.add(new File(Array(${times}).fill(bytes), name));
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

/** What each browser has to show. */
function everywhere(visit: Visit): void {
  test('says which entries of a sealed log stand, and which were changed', async () => {
    await visit.open(PAGE, async (page) => {
      await dropFiles(page, log);
      await warning(page).getByText('Paste the verifier key').waitFor();
      await enter(keyField(page), `${verifierKey}\n`);
      await title(page).getByText('Valid: every sealed entry stands').waitFor();
      await dropFiles(page, changedLog);
      await title(page).getByText('NOT as it was sealed: line 1 of the log').waitFor();
      await page.getByText('Changed: Line 1 of the log (entry 0), sealed').waitFor();
      expect(await barriers(page)).toEqual([]);
    });
  });

  test('leads by a link to the verdict, and refuses a signing key in one', async () => {
    await visit.open(`${PAGE}#network=mainnet&check=${header}`, async (page) => {
      await title(page).waitFor();
      await ended(page);
      expect(await title(page).innerText()).toBe(VALID);
      await page.getByRole('button', { name: 'Copy link' }).waitFor();
      await page.evaluate(`location.hash = 'check=${KEY}'`);
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
    everywhere(visit);

    test('gives the right verdict on headers and a chunk', async () => {
      await visit.open(PAGE, async (page) => {
        for (const each of examples)
          if (/^(?:preview|mainnet-conway)/.test(each.files[0]!)) await judgesExample(page, each);
      });
    });
  },
  'firefox',
);

inBrowser('the page that checks', (visit) => {
  everywhere(visit);

  const views: View[] = [
    { colorScheme: 'light', width: 360 },
    { colorScheme: 'dark', width: 1_280 },
  ];
  test.each(views)(
    'gives the right verdict on each example, without a barrier or a wide line: %j',
    async (view) => {
      await visit.open(
        PAGE,
        async (page) => {
          for (const each of examples) {
            await judgesExample(page, each);
            expect([each.name, await barriers(page)]).toEqual([each.name, []]);
            expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(view.width);
            const hidden = page
              .locator('.scroll')
              .evaluateAll((all) =>
                all.filter((one) => one.scrollWidth > one.clientWidth).map(String),
              );
            expect([each.name, await hidden]).toEqual([each.name, []]);
          }
          await checkText(page, 'hello');
          await warning(page).getByText('neither hexadecimal digits').waitFor();
          expect(await barriers(page)).toEqual([]);
        },
        view,
      );
    },
  );

  const real = externalVectors('real-headers.json');
  test.skipIf(!real.available)(
    `gives the right verdict on every real header, and refuses each when it is damaged${real.available ? '' : `: ${real.reason}`}`,
    async () => {
      if (!real.available) return;
      await visit.open(PAGE, async (page) => {
        await network(page).selectOption('other');
        for (const { headerHex, valid, expected } of real.data as RealHeader[]) {
          await page.getByLabel('slotsPerKESPeriod').fill(String(expected.slotsPerKESPeriod));
          await page.getByLabel('maxKESEvolutions').fill(String(expected.maxKESEvolutions));
          await judges(page, headerHex, valid ? VALID : '✗ Not valid');
          expect(await factOf(page, 'Hash of the header')).toBe(expected.headerHash);
          await checkText(page, withChangedBit(headerHex, headerHex.length * 2));
          expect(await title(page).innerText()).toMatch(/^✗ Not (?:valid|a header)$/);
        }
      });
    },
  );

  test('checks what is pasted, dropped as a text or as a file, or chosen by the button, without another', async () => {
    await visit.open(PAGE, async (page) => {
      const isValid = () => title(page).getByText('Valid: the pool signed this header').waitFor();
      await field(page).focus();
      await paste(page, header);
      await isValid();
      await field(page).fill('');
      expect(await title(page).count()).toBe(0);
      const transfer = await page.evaluateHandle(`(() => {
        const transfer = new DataTransfer();
        transfer.setData('text/plain', ${JSON.stringify(header)});
        return transfer;
      })()`);
      await page.dispatchEvent('.checker form', 'drop', { dataTransfer: transfer });
      await isValid();
      await field(page).fill('');
      await dropFiles(page, { 'header.gz': gzipSync(Buffer.from(header, 'hex')) });
      await isValid();
      await page.getByLabel('Choose files').setInputFiles({
        name: 'node.cert',
        mimeType: 'application/json',
        buffer: example('certificate.json'),
      });
      await page.getByText('Signed by its cold key', { exact: false }).first().waitFor();
      expect(await factOf(page, 'Counter')).toBe('23');
    });
  });

  test('shows one header of several, the broken ones first, counts an unfinished one apart, and finds a missing one', async () => {
    const chunk = example('preview.chunk');
    const broken = Uint8Array.from(chunk);
    broken[20_000]! ^= 1;
    const ends = [...headerItems(chunk)].map(({ offset, size }) => offset + size);
    await visit.open(PAGE, async (page) => {
      const drop = async (bytes: Uint8Array, words: string) => {
        await dropFiles(page, { '00000.chunk': bytes });
        await title(page).getByText(words).waitFor();
        await ended(page);
      };
      await network(page).selectOption('preview');
      await drop(broken, '40 headers: 39 valid, 1 not valid');
      const [first, second] = await page.locator('tbody tr').all();
      expect(await first!.innerText()).toContain('✗');
      expect(await second!.innerText()).toContain('✓ valid');
      await second!.getByRole('button').click();
      await page
        .getByRole('heading', { name: /Valid: the pool signed this header, slot 0$/ })
        .waitFor();
      expect(await factOf(page, 'Slot')).toMatch(/^0 /);
      await drop(chunk.subarray(0, -1), '39 headers: 39 valid, 0 not valid');
      await page.getByText('The last block ends too early').waitFor();
      await page.getByText('none is missing between them').waitFor();
      const without = Buffer.concat([chunk.subarray(0, ends[4]), chunk.subarray(ends[5])]);
      await drop(without, '39 headers: 39 valid, 0 not valid');
      await page.getByText('Headers that do not name the one before: 1.').waitFor();
      await drop(Buffer.concat([chunk, chunk]), '80 headers: 80 valid, 0 not valid');
      expect(await page.locator('tbody tr').count()).toBe(50);
      await page.getByRole('button', { name: 'Show 30 more' }).click();
      expect(await page.locator('tbody tr').count()).toBe(80);
    });
  });

  test('judges an own header without the nonce and the network of an example, and shows no verdict on another input', async () => {
    await visit.open(PAGE, async (page) => {
      await tryExample(page, 'First block of preview, with its VRF proofs');
      expect(await network(page).inputValue()).toBe('preview');
      expect(JSON.parse(await copied(page, 'Copy as JSON'))).toMatchObject({
        result: 'valid',
        vrf: 'good',
      });
      await field(page).fill(header);
      expect(await network(page).inputValue()).toBe('mainnet');
      expect(await title(page).count()).toBe(0);
      await judges(page, header, VALID);
    });
  });

  test('shows the example that was chosen last', async () => {
    await visit.open(PAGE, async (page) => {
      await page.evaluate(`for (const words of ['A chunk', 'The same', 'A sealed log', 'A header of'])
        [...document.querySelectorAll('.checker a')]
          .find(({ textContent }) => textContent.trim().startsWith(words)).click()`);
      await title(page).waitFor();
      await ended(page);
      expect(await title(page).innerText()).toBe(VALID);
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

  test('checks again when the network changes, and takes the parameters of another network', async () => {
    await visit.open(PAGE, async (page) => {
      await checkText(page, header);
      await network(page).selectOption('other');
      const slots = page.getByLabel('slotsPerKESPeriod');
      await enter(slots, '86400');
      await page.locator('.verdict.bad').waitFor();
      await enter(slots, 'nothing');
      await warning(page).getByText('slotsPerKESPeriod must be').waitFor();
    });
  });

  test('refuses a signing key and clears it, typed and in a file, and still works', async () => {
    const type = 'KesSigningKey_ed25519_kes_2^6';
    const refused: readonly (readonly [text: string, words: string])[] = [
      [KEY, 'This may be a signing key'],
      [`5840${'5a'.repeat(64)}`, 'This may be a signing key'],
      [JSON.stringify({ type, description: '', cborHex: KEY }), 'This may be a signing key'],
      [JSON.stringify({ header, sigmaHex: '5a'.repeat(64) }), 'The member sigmaHex holds 64'],
      ['5a'.repeat(32), 'This page needs the header itself'],
    ];
    await visit.open(PAGE, async (page) => {
      for (const [text, words] of refused) {
        for (const give of [
          checkText,
          (_: Page, key: string) => dropFiles(page, { skey: Buffer.from(key) }),
        ]) {
          await give(page, text);
          await warning(page).getByText(words).waitFor();
          expect(await field(page).inputValue()).toBe('');
          expect(await page.content()).not.toContain('5a5a5a5a');
          expect(await page.getByText('skey', { exact: true }).count()).toBe(0);
          await judges(page, header, VALID);
        }
      }
      await page.locator('summary').getByText('More options').click();
      const nonce = page.getByLabel('Nonce of the epoch');
      await enter(nonce, `5840${'5a'.repeat(64)}`);
      await warning(page).getByText('This may be a signing key').waitFor();
      expect(await nonce.inputValue()).toBe('');
      await field(page).fill('');
      await enter(nonce, 'ab'.repeat(32));
      await warning(page).getByText('Paste a header').waitFor();
    });
  });

  test('takes a key out of the address of a link, whatever is beside it', async () => {
    await visit.open(PAGE, async (page) => {
      for (const fragment of [
        ...[KEY, `x=${KEY}`, `check=${KEY}`, `check=${header}&x=${KEY}`],
        ...[`example=conway&check=${KEY}`, `example=conway&x=${KEY}`],
      ]) {
        await page.goto('about:blank');
        await page.goto(`${visit.site.home}${PAGE}#${fragment}`);
        await warning(page).getByText('This may be a signing key').waitFor();
        expect(await page.evaluate('location.href + document.body.innerText')).not.toContain(
          '5a5a',
        );
      }
    });
  });

  test('has the address of an unchanged example as its link, also where the input is larger than a link', async () => {
    await visit.open(`${PAGE}#example=chunk`, async (page) => {
      await title(page).getByText('40 valid').waitFor();
      await ended(page);
      expect(await page.evaluate('location.hash')).toBe('#example=chunk');
      expect(new URL(await copied(page, 'Copy link')).hash).toBe('#example=chunk');
      await network(page).selectOption('preprod');
      await page.getByText('No link: this is larger than a link can be.').waitFor();
      await checkText(page, 'hello');
      await warning(page).getByText('This is neither').waitFor();
      expect(await page.evaluate('location.hash')).toBe('');
    });
  });

  test('opens a link without the parts of a log that wait', async () => {
    await visit.open(PAGE, async (page) => {
      await dropFiles(page, { checkpoint: Buffer.from(notes[0]!) });
      await page.getByText('Remove').waitFor();
      await tryExample(page, 'A sealed log');
      expect(await page.locator('.file').count()).toBe(3);
    });
  });

  test('leads by the links of a list, a log and a proof to their verdicts', async () => {
    const proved = proofs.find(({ valid }) => valid)!;
    const { input } = cases.find(({ name }) => name === 'ended, with hashes')!;
    const visits: readonly [(page: Page) => Promise<void>, RegExp][] = [
      [(page) => checkText(page, `${header}\n${header}`), /2 headers: 2 valid/],
      [
        async (page) => {
          const [file, own] = [input.files[0]!, input.hashes!];
          await dropFiles(page, { log: file, 'log.seals': input.seals, 'log.hashes': own });
          await enter(keyField(page), input.verifierKey);
        },
        /Valid: every sealed entry stands/,
      ],
      [
        async (page) => {
          await keyField(page).fill(proved.verifierKey);
          await dropFiles(page, { proof: Buffer.from(proved.proof), entry: proved.entry });
        },
        /Proved: this entry is in the log/,
      ],
    ];
    await visit.open(PAGE, async (page) => {
      for (const [check, verdict] of visits) {
        await check(page);
        await title(page).getByText(verdict).waitFor();
        const text = await page.locator('.results').innerText();
        const { hash } = new URL(await copied(page, 'Copy link'));
        await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
        await ended(page);
        await title(page).getByText(verdict).waitFor();
        if (hash.includes('key=')) await page.getByText('came with the link').waitFor();
        else
          expect(await page.locator('.results').innerText()).toBe(text.replace('Link copied.', ''));
      }
      await page.evaluate(`location.hash = 'file=log:YQ'`);
      await warning(page).getByText('This link is damaged').waitFor();
      expect(await title(page).count()).toBe(0);
    });
  });

  test('checks the other files when one is removed by keyboard, and begins again without files', async () => {
    await visit.open(PAGE, async (page) => {
      const remove = (name: string) =>
        page.getByRole('button', { name: `Remove ${name}`, exact: true });
      const isFocused = page.locator(':focus');
      await dropFiles(page, { ...log, 'a.log.0': Buffer.from('of another\nlog\n') });
      await enter(keyField(page), verifierKey);
      await title(page).getByText('NOT proved: entries from entry 0 on').waitFor();
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

  test('checks a proof of an entry', async () => {
    const { proof, entry, verifierKey: key } = proofs.find(({ valid }) => valid)!;
    await visit.open(PAGE, async (page) => {
      await checkText(page, key);
      await warning(page).getByText('This is the verifier key of a log').waitFor();
      await checkText(page, proof);
      await warning(page).getByText('Paste the entry').waitFor();
      const ofEntry = page.getByLabel('The entry that the proof is about');
      await enter(ofEntry, new TextDecoder().decode(entry));
      await title(page).getByText('Proved: this entry is in the log').waitFor();
      // The field is judged like a paste, before a worker hears of it.
      await enter(ofEntry, '5a'.repeat(64));
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
    const cut = cases.find(({ name }) => name === 'a checkpoint beyond a cut log')!.input;
    const [{ note } = { note: '' }] = cut.checkpoints!;
    await visit.open(PAGE, async (page) => {
      await dropFiles(page, { 'a.log.seals': cut.seals });
      await warning(page).getByText('This is a part of a sealed log').waitFor();
      await dropFiles(page, { 'a.log': cut.files[0]! });
      await warning(page).getByText('Paste the verifier key').waitFor();
      await checkText(page, cut.verifierKey);
      await title(page).getByText('Every sealed entry stands, and the end is not').waitFor();
      await page.getByText('Nothing proves the end: seals that were cut').waitFor();
      await page.getByText('Of a log that grows, give').waitFor();
      await checkText(page, note);
      await title(page).getByText('the log is not complete').waitFor();
      await page.getByText('A checkpoint has a later seal').waitFor();
      expect(await network(page).count()).toBe(0);
      await page.locator('summary').getByText('What you accept').click();
      await enter(page.getByLabel('Greatest age of the last seal'), '60');
      await page.getByText('old, and at most 60 s is expected').waitFor();
      await enter(page.getByLabel('Number of the stolen key'), '1');
      await page.getByText('Seals from 1 on prove nothing, since their key was stolen').waitFor();
    });
  });

  test('takes what the visitor accepts, by keyboard, and the link has it', async () => {
    const lines = Buffer.from(entries).toString('latin1').split('\n');
    const blank = Buffer.from([lines[0], '   ', ...lines.slice(2)].join('\n'), 'latin1');
    await visit.open(
      PAGE,
      async (page) => {
        await field(page).fill(verifierKey);
        await dropFiles(page, { ...log, 'a.log': blank, 'a.log.hashes': hashes });
        await page.getByText('A blank line can be a lawful erasure or a theft').waitFor();
        const summary = page.locator('summary').getByText('What you accept');
        await summary.focus();
        await page.keyboard.press('Enter');
        await enter(page.getByLabel('Erased entries'), '1-x');
        await warning(page).getByText('Erased entries are numbers and ranges').waitFor();
        await enter(page.getByLabel('Erased entries'), '1');
        await title(page).getByText('Valid: every sealed entry stands').waitFor();
        await page.getByText('Entry 1 (entries count from 0)').waitFor();
        for (const name of ['Days for which entries are kept', 'Number of the stolen key'])
          expect(await page.getByLabel(name).count()).toBe(1);
        expect(await barriers(page)).toEqual([]);
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
        const { hash } = new URL(await copied(page, 'Copy link'));
        expect(hash).toContain('&erased=1&');
      },
      { width: 360 },
    );
  });

  test('keeps a log when a file is added, and replaces the file of the same name', async () => {
    await visit.open(PAGE, async (page) => {
      await dropFiles(page, changedLog);
      await page.locator('form .warning.note ~ .of-log').waitFor();
      await keyField(page).focus();
      await paste(page, verifierKey);
      await title(page).getByText('line 1 of the log (entry 0) was changed').waitFor();
      await dropFiles(page, { 'package.json': Buffer.from('{"name":"x"}') });
      await page.getByText('package.json, 12 bytes: not used').waitFor();
      await title(page).getByText('line 1 of the log (entry 0) was changed').waitFor();
      await dropFiles(page, { 'pic.png': Uint8Array.of(0x89, 0x50, 0x4e, 0x47) });
      await page.getByText('pic.png, 4 bytes: not used').waitFor();
      await dropFiles(page, { 'a.log': entries });
      await title(page).getByText('Valid: every sealed entry stands').waitFor();
      await page.getByText('Not used, because the log is a.log: package.json, pic.png.').waitFor();
      expect(await page.locator('.file').count()).toBe(5);
      expect(await barriers(page)).toEqual([]);
      await judges(page, header, VALID);
      expect(await page.locator('.file').count()).toBe(0);
    });
  });

  test('shows a log with its changed line open, and leads by a link to a line, by keyboard too', async () => {
    await visit.open(`${PAGE}#example=changed-log&line=4`, async (page) => {
      const line = (name: string) => page.locator(`.shown-log li[data-line="${name}"]`);
      await page.locator('.shown-log li:focus[data-line="4"]').waitFor();
      expect(await line('7').innerText()).toMatch(
        /✗\s*differs:\s*.*bob pays 45.*\s*Changed: Line 7/,
      );
      expect(await page.locator('.shown-log li.seal').allInnerTexts()).toHaveLength(4);
      await line('7').getByRole('link').press('Enter');
      await line('7').and(page.locator(':focus')).waitFor();
      expect(await page.evaluate('location.hash')).toBe('#example=changed-log&line=7');
      expect(await line('6').getByRole('link').getAttribute('href')).toBe(
        '#example=changed-log&line=6',
      );
    });
    const lines = Array.from({ length: 500 }, (_, at) => `<b>${at}</b>`);
    const whole = { 'a.log': Buffer.from(`${lines.join('\n')}\n`), 'a.log.seals': seals };
    await visit.open(PAGE, async (page) => {
      await dropFiles(page, whole);
      await enter(keyField(page), verifierKey);
      await page.getByText(/^Not shown: 49\d lines/).waitFor();
      const asked = page.getByRole('textbox', { name: 'Line', exact: true });
      await enter(asked, '250');
      await page.locator('.shown-log li:focus').getByText('<b>249</b>').waitFor();
      expect(await barriers(page)).toEqual([]);
      await asked.fill('501');
      await page.getByRole('button', { name: 'Show', exact: true }).click();
      await page.getByText('There is no such line.').waitFor();
    });
  });

  test('leads to the field of the key, and takes a key from the large field, before the files and after them', async () => {
    const files = { ...log, 'a.log.hashes': hashes };
    const stands = (page: Page) =>
      title(page).getByText('Valid: every sealed entry stands').waitFor();
    await visit.open(PAGE, async (page) => {
      await dropFiles(page, { ...files, 'key.txt': Buffer.from(verifierKey) });
      await warning(page).getByText('The verifier key in key.txt was not used').waitFor();
      await keyField(page).and(page.locator(':focus')).waitFor();
      const { y, height } = (await keyField(page).boundingBox())!;
      expect(y).toBeGreaterThanOrEqual(0);
      expect(y + height).toBeLessThanOrEqual(page.viewportSize()!.height);
      expect(await keyField(page).inputValue()).toBe('');
      await enter(keyField(page), `${verifierKey.slice(0, -1)}_`);
      await warning(page).getByText('This is not a verifier key').waitFor();
      expect(await title(page).count()).toBe(0);
      await keyField(page).fill('');
      expect(await warning(page).count()).toBe(0);
      await field(page).fill(verifierKey);
      await page.getByText('a.log.seals, ').waitFor();
      await page.getByRole('button', { name: 'Check', exact: true }).click();
      await stands(page);
      await page.getByText('a.log.seals, ').waitFor();
      await page.getByText('The verifier key in key.txt was not used').waitFor();
    });
    await visit.open(PAGE, async (page) => {
      await field(page).fill(verifierKey);
      await dropFiles(page, files);
      await stands(page);
      expect(await keyField(page).inputValue()).toBe(verifierKey);
    });
  });

  test('is paused and goes on, a later check ends it, and one worker does it all, which starts by itself', async () => {
    const chunk = example('preview.chunk');
    await visit.open(PAGE, async (page) => {
      const worker = page.workers()[0] ?? (await page.waitForEvent('worker'));
      await network(page).selectOption('preview');
      // 20,000 headers are still being judged when a busy machine comes to the button.
      await dropFiles(page, { '00000.chunk': chunk }, 500);
      await page.getByRole('button', { name: 'Pause' }).click();
      const label = (await page.locator('.running label').boundingBox())!;
      const bar = (await page.locator('progress').boundingBox())!;
      expect(bar.width).toBeGreaterThan(200);
      expect(label.height).toBeLessThan(40);
      await page.getByRole('button', { name: 'Go on' }).click();
      await page.getByRole('button', { name: 'Pause' }).click();
      await network(page).selectOption('mainnet');
      await judges(page, header, VALID);
      expect(await page.locator('.lines').count()).toBe(0);
      expect(page.workers()).toEqual([worker]);
    });
  });

  test('shows its field on the first screen of a phone, and is used by keyboard alone', async () => {
    await visit.open(
      PAGE,
      async (page) => {
        const box = (await field(page).boundingBox())!;
        expect(box.y + box.height).toBeLessThan(640);
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
      },
      { width: 360 },
    );
  });
});

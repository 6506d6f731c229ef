import { gzipSync } from 'node:zlib';
import { sealedLogVectors } from '@evolock/test-vectors';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { barriers, inBrowser, toDark } from '../support/browser.js';

const FRONT = '/index.html';
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const line = (page: Page, number: number) => page.getByLabel(new RegExp(`^Line ${number}:`));
const side = (page: Page, name: string) => page.locator('.try dl > div', { hasText: name });

inBrowser('the demonstration of the front page', (visit) => {
  test('finds a change of the thief at its line, and the thief wins with the ordinary key alone', async () => {
    await visit.open(FRONT, async (page) => {
      await button(page, 'Seal').click();
      await side(page, 'Evolving key').getByText('3 lines are as sealed').waitFor();
      await line(page, 2).fill('09:15 alice pays bob 99');
      await page.getByText('not as sealed: line 2 was changed').waitFor();
      expect(await line(page, 2).getAttribute('aria-label')).toBe('Line 2: changed');
      await side(page, 'Ordinary signing key').getByText('not as signed').waitFor();
      await button(page, 'The thief takes the keys').click();
      await page.getByRole('heading', { name: 'You are the thief' }).waitFor();
      await button(page, 'Seal with the stolen keys').click();
      await page.getByText('the thief wins, nobody can tell').waitFor();
      await side(page, 'Evolving key').getByText('line 2 was changed').waitFor();
      await line(page, 2).fill('09:15 alice pays bob 10');
      await side(page, 'Evolving key').getByText('3 lines are as sealed').waitFor();
    });
  });

  test('is used by keyboard alone, to the last seal, and begins again', async () => {
    await visit.open(FRONT, async (page) => {
      await page.getByText('16 of 16 periods are left').waitFor();
      // A button that is not enabled yet takes no focus.
      await page.locator('.try button.main:enabled').waitFor();
      await button(page, 'Seal').focus();
      for (let left = 15; left >= 0; left -= 1) {
        await page.keyboard.press('Enter');
        const words = left === 0 ? 'The key has no period left' : `${left} of 16 periods are left`;
        await page.getByText(words).waitFor();
      }
      expect(await button(page, 'Seal').isDisabled()).toBe(true);
      await button(page, 'Start again').focus();
      await page.keyboard.press('Enter');
      await page.getByText('16 of 16 periods are left').waitFor();
    });
  });

  test.each([360, 768, 1_280])(
    'moves nothing below it when it loads, and has no barrier, at %i pixels',
    async (width) => {
      await visit.open(
        FRONT,
        async (page) => {
          await page.locator('.try button.main:enabled').waitFor();
          const shift = await page.evaluate(`new Promise((resolve) => {
          new PerformanceObserver((list) => resolve(list.getEntries()
            .reduce((sum, { value }) => sum + value, 0))).observe({ type: 'layout-shift', buffered: true });
          setTimeout(() => resolve(0), 100);
        })`);
          expect(shift).toBe(0);
          await button(page, 'Seal').click();
          await line(page, 1).fill('changed');
          await page.getByText('line 1 was changed').waitFor();
          expect(await barriers(page, {})).toEqual([]);
          await toDark(page);
          expect(await barriers(page, { only: ['color-contrast'] })).toEqual([]);
        },
        { width },
      );
    },
  );

  test('loads less than 30 kB for it, after the page', async () => {
    await visit.open('/guide/start.html', async (page) => {
      const late: Promise<number>[] = [];
      page.on('response', (response) => {
        if (/\/chunks\/(?:demonstration|key)\.[^/]*\.js$/.test(response.url()))
          late.push(response.body().then((body) => gzipSync(body).length));
      });
      await page.goto(`${visit.site.home}${FRONT}`);
      await page.locator('.try button.main:enabled').waitFor();
      const sizes = await Promise.all(late);
      expect(sizes.length).toBeGreaterThan(0);
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(30 * 1024);
    });
  });

  test('takes a dropped log to the page that checks', async () => {
    const { entries, seals } = sealedLogVectors().logs.find(({ name }) => name === 'ended')!;
    const files = { 'a.log': [...entries], 'a.log.seals': [...seals] };
    await visit.open(FRONT, async (page) => {
      await page.evaluate(`{
        const transfer = new DataTransfer();
        for (const [name, bytes] of Object.entries(${JSON.stringify(files)}))
          transfer.items.add(new File([Uint8Array.from(bytes)], name));
        window.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, cancelable: true }));
      }`);
      await page.waitForURL('**/verify.html');
      await page.getByLabel('Verifier key of the log').waitFor();
      await page.getByText('a.log.seals').first().waitFor();
    });
  });
});

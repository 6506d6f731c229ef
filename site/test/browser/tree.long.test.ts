import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { evolved, newKey, type Key } from '../../src/tree/key.js';
import { theftInWords } from '../../src/tree/words.js';
import { barriers, inBrowser, toDark } from '../support/browser.js';

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const theft = (page: Page) => page.locator('.theft').innerText();

function life(depth: number): Key[] {
  const keys: Key[] = [];
  for (let step: ReturnType<typeof evolved> = newKey(depth); step; step = evolved(step.key))
    keys.push(step.key);
  return keys;
}

inBrowser('the tree of a key', (visit) => {
  test.each([2, 6])('is stepped to its end and released, at depth %i', async (depth) => {
    await visit.open('/tree.html', async (page) => {
      await page.getByRole('combobox', { name: 'Periods' }).selectOption(String(2 ** depth));
      for (const key of life(depth)) {
        expect(await theft(page)).toBe(theftInWords(key));
        expect(await page.locator('.node.current text').textContent()).toContain(
          String(key.period),
        );
        expect(await page.locator('.node:is(.current, .held)').count()).toBe(key.held.length);
        if (await button(page, 'Evolve').isEnabled()) await button(page, 'Evolve').click();
      }
      expect(await button(page, 'Evolve').isDisabled()).toBe(true);
      expect(await page.getByText(`Evolved to period ${2 ** depth - 1}.`).count()).toBe(1);
      await button(page, 'Release').click();
      expect(await page.locator('.node:not(.past)').count()).toBe(0);
      expect(await theft(page)).toBe('With a copy of this memory, a thief can sign for no period.');
      await button(page, 'Start again').click();
      expect(await theft(page)).toBe(theftInWords(newKey(depth).key));
    });
  });

  test('keeps a signature valid for its period alone, after evolutions and after the release', async () => {
    await visit.open('/tree.html', async (page) => {
      await button(page, 'Evolve').click();
      await button(page, 'Sign').click();
      await button(page, 'Evolve').click();
      await button(page, 'Release').click();
      for (const period of [1, 0, 5]) {
        await page.getByLabel('Verify it for period').selectOption(String(period));
        await button(page, 'Verify').click();
        const word = period === 1 ? 'Valid' : 'Not valid';
        await page.getByText(`${word} for period ${period}`).waitFor();
      }
    });
  });

  test('draws the path of a signature and goes back step by step, with the buttons in sight of a phone', async () => {
    await visit.open(
      '/tree.html',
      async (page) => {
        const picture = () => page.locator('.tree svg').innerHTML();
        await page.getByRole('combobox', { name: 'Periods' }).selectOption('64');
        const before: string[] = [];
        for (const name of ['Evolve', 'Sign', 'Evolve', 'Release']) {
          before.push(await picture());
          await page.evaluate("document.querySelector('.panels').scrollIntoView({ block: 'end' })");
          const { x = 0, y = 0 } = (await button(page, name).boundingBox()) ?? {};
          const seen = await page.evaluate(
            `document.elementFromPoint(${x + 9}, ${y + 9})?.textContent`,
          );
          expect(String(seen).trim()).toBe(name);
          await button(page, name).click();
        }
        expect(await page.locator('.line.path').count()).toBe(6);
        expect(await page.locator('.node.beside').count()).toBe(6);
        for (const earlier of before.toReversed()) {
          await button(page, 'Back').click();
          expect(await picture()).toBe(earlier);
        }
        expect(await button(page, 'Back').isDisabled()).toBe(true);
      },
      { width: 360 },
    );
  });

  test('is used by keyboard alone, and tells each step', async () => {
    await visit.open('/tree.html', async (page) => {
      await button(page, 'Evolve').focus();
      await page.keyboard.press('Enter');
      await page.getByRole('status').getByText('Evolved to period 1.').waitFor();
      await page.keyboard.press('Tab');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Space');
      await page.getByRole('status').getByText('Signed at period 1.').waitFor();
      const picture = page.getByRole('img', { name: /can sign for periods 1 to 7/ });
      await picture.waitFor();
    });
  });

  test('has no barrier at its end', async () => {
    await visit.open(
      '/tree.html',
      async (page) => {
        for (let step = 0; step < 5; step += 1) await button(page, 'Evolve').click();
        await button(page, 'Sign').click();
        await button(page, 'Verify').click();
        await button(page, 'Evolve').click();
        expect(await barriers(page)).toEqual([]);
        await toDark(page);
        expect(await barriers(page)).toEqual([]);
      },
      { width: 360 },
    );
  });
});

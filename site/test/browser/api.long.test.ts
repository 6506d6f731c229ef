import { test } from 'vitest';
import { inBrowser } from '../support/browser.js';

inBrowser('the API reference', (visit) => {
  test('is found by the search of the site', async () => {
    await visit.open('/index.html', async (page) => {
      await page.getByRole('button', { name: 'Search' }).click();
      await page.getByRole('searchbox').fill('verifyHeader');
      await page.locator('[role=option] a[href*="/api/"][href$="#verifyheader"]').first().click();
      await page.waitForURL(/\/api\/.*#verifyheader$/);
      await page.getByRole('heading', { name: 'verifyHeader' }).waitFor();
    });
  });

  test('is reached from the menu, a package from its list, and the start from there', async () => {
    await visit.open('/guide/key-life.html', async (page) => {
      await page.click('nav >> text=API');
      await page.waitForURL('**/api/');
      await page.click('main >> text="@evolock/kes-sum"');
      await page.waitForURL('**/api/kes-sum.html');
      await page.click('aside >> text="cardano-kes: type aliases"');
      await page.waitForURL('**/api/cardano-kes/type-aliases.html');
      await page.click('header >> text=evolock');
      await page.getByRole('heading', { name: 'Keys that forget' }).waitFor();
    });
  });
});

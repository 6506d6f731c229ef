import { serveSite } from './test/support/site.ts';
import { startBrowser } from './test/support/browser.ts';
const site = await serveSite();
const browser = await startBrowser();
const only = process.argv[2] ?? '';
const steps = {
  index: async () => {},
  verify: async () => {},
  'verify-good': async (p) => { await p.getByRole('button',{name:'Conway, mainnet, 2024'}).click(); await p.locator('.report').waitFor(); },
  'verify-vrf': async (p) => { await p.getByRole('button',{name:'First block'}).click(); await p.locator('.report').waitFor(); },
  'verify-bad': async (p) => { await p.getByRole('button',{name:'Broken'}).click(); await p.locator('.report').waitFor(); },
  'verify-cert': async (p) => { await p.getByRole('button',{name:'A certificate'}).click(); await p.locator('.report').waitFor(); },
  'verify-chunk': async (p) => { await p.getByRole('button',{name:'A chunk'}).click(); await p.getByText('All headers are checked').waitFor({state:'attached'}); },
  'verify-secret': async (p) => { await p.locator('textarea').fill('5820'+'11'.repeat(32)); await p.getByRole('button',{name:'Check',exact:true}).click(); await p.getByRole('alert').waitFor(); },
  tree: async () => {},
  'tree-5': async (p) => { for (let i=0;i<5;i++) await p.getByRole('button',{name:'Evolve'}).click(); await p.getByRole('button',{name:'Sign'}).click(); await p.getByRole('button',{name:'Verify'}).click(); },
};
for (const [name, act] of Object.entries(steps)) {
  if (!name.match(only)) continue;
  for (const [w,h] of [[360,740],[768,1024],[1280,900]]) for (const scheme of ['light','dark']) {
    if (process.argv[3] && !`${w}-${scheme}`.match(process.argv[3])) continue;
    const c = await browser.newContext({ viewport:{width:w,height:h}, colorScheme: scheme });
    const p = await c.newPage();
    p.on('console', m => console.log(name, w, m.type(), m.text()));
    p.on('pageerror', e => console.log('ERR', e.message));
    p.on('request', r => { if (!r.url().startsWith(site.origin)) console.log('OTHER', r.url()); });
    await p.goto(`${site.origin}/${name.split('-')[0]}.html`);
    await act(p);
    console.log(name, w, scheme, await p.evaluate('document.documentElement.scrollWidth'));
    await p.screenshot({ path: `/tmp/shots/${name}-${w}-${scheme}.png`, fullPage: true });
    await c.close();
  }
}
await browser.close(); await site.close();

/** What was dropped on another page of the site, until the page that checks takes it. It never leaves the browser's tab. */

export type HandedOver = { readonly files: readonly File[] } | { readonly text: string };

let waiting: HandedOver | undefined;

export function handOver(dropped: HandedOver): void {
  waiting = dropped;
}

/** What waits. It is given once. */
export function takeHandedOver(): HandedOver | undefined {
  const taken = waiting;
  waiting = undefined;
  return taken;
}

import type { Check, SystemText } from './check.js';

const name = 'swap';

/** Whether memory can be written to a disk. Locked memory is not swapped, but hibernation writes all memory. */
export function checkSwap(read: SystemText): Check {
  const text = read('/proc/swaps');
  if (text === undefined)
    return { name, state: 'unknown', found: 'this platform does not report it' };
  const places = text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(/\s+/, 1)[0] ?? '');
  if (places.length === 0) return { name, state: 'good', found: 'none' };
  const found = `on: ${places.join(', ')}; locked memory is not swapped, but hibernation writes all memory`;
  return places.every((place) => /\/(?:zram|dm-)/.test(place))
    ? { name, state: 'good', found }
    : {
        name,
        state: 'weak',
        found,
        fix: 'turn it off (`swapoff -a`, and its line in /etc/fstab) or encrypt it, and disable hibernation (`systemctl mask hibernate.target`)',
      };
}

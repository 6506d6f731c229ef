/** Text from outside, safe to print: control characters could rewrite what is on the screen. */
export function printable(text: string): string {
  return text.replaceAll(/\p{C}/gu, '�');
}

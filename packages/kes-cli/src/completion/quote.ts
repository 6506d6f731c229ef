/** Text between single quotes, as bash, zsh and `case` patterns take it. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

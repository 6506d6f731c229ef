// The copy button of a terminal copies its commands, without prompts and output.

/** @param {MouseEvent} event */
export function copyCommands(event) {
  const button = /** @type {HTMLElement} */ (event.target);
  if (!button.matches('.language-console > button.copy')) return;
  event.stopPropagation();
  const code = button.parentElement?.querySelector('code')?.textContent ?? '';
  void navigator.clipboard.writeText(commandsOf(code)).then(() => {
    button.classList.add('copied');
    setTimeout(() => button.classList.remove('copied'), 2000);
  });
}

/**
 * @param {string} transcript of a terminal
 * @returns {string} its commands: lines after a prompt, and the lines that they go on in
 */
export function commandsOf(transcript) {
  let goesOn = false;
  const lines = transcript.split('\n').filter((line) => {
    const isCommand = goesOn || line.startsWith('$ ');
    goesOn = isCommand && line.endsWith('\\');
    return isCommand;
  });
  return lines.map((line) => line.replace(/^\$ /, '')).join('\n');
}

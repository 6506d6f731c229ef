/**
 * Answers the messages of the parent, one after the other: each has a name and a value. After `close` nothing should keep the
 * process alive. It ends with its parent.
 */
export function serveParent(answers) {
  let isClosed = false;
  let turn = Promise.resolve();
  process.on('message', ({ name, value }) => {
    turn = turn.then(async () => {
      const answer = await answers[name](value);
      isClosed = name === 'close';
      process.send({ answer }, () => isClosed && process.disconnect());
    });
  });
  process.on('disconnect', () => isClosed || process.exit(1));
}

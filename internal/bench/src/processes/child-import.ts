/** The process that loads sodium-native and then kes-sum, and prints the milliseconds that each took. */
async function millisecondsToLoad(name: string): Promise<number> {
  const start = performance.now();
  await import(name);
  return performance.now() - start;
}

const sodiumNative = await millisecondsToLoad('sodium-native');
const kesSum = await millisecondsToLoad('@evolock/kes-sum');
console.log(JSON.stringify({ sodiumNative, kesSum }));

export {};

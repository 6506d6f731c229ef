/** The process that loads kes-sum behind sodium-native, and says how many milliseconds each took. */
async function millisecondsToLoad(name: string): Promise<number> {
  const start = performance.now();
  await import(name);
  return performance.now() - start;
}

const sodiumNative = await millisecondsToLoad('sodium-native');
const kesSum = await millisecondsToLoad('@evolock/kes-sum');
console.log(JSON.stringify({ sodiumNative, kesSum }));

export {};

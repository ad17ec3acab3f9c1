/** What the commands say while they work: steps with times, and failures with a remedy. */

/** A failure whose message is meant for the person at the keyboard; no stack is shown. */
export class Failure extends Error {}

const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/** Runs one step and prints its name and time; `work` may return a remark for the line. */
export async function step(name, work) {
  const start = performance.now();
  const remark = await work();
  console.error(`  ${name.padEnd(34)} ${seconds(start).padStart(8)}${remark ? `  ${remark}` : ''}`);
}

/** Runs a command's `main`; a Failure ends it in plain words with exit code 1. */
export async function runMain(main) {
  try {
    await main();
  } catch (error) {
    console.error(error instanceof Failure ? `\n${error.message}` : error);
    // Whatever was begun, an open standard input for one, must not keep a failed command alive.
    process.exit(1);
  }
}

/** Reads how many tests passed and failed from the closing lines of the runners. */

const LINES = [
  // cargo test: one line per test binary
  { pattern: /^test result: \w+\. (\d+) passed; (\d+) failed;/gm, passed: 1, failed: 2 },
  // node --test, spec reporter
  { pattern: /^ℹ pass (\d+)$/gm, passed: 1 },
  { pattern: /^ℹ fail (\d+)$/gm, failed: 1 },
  // Whatever stopped before it could run has not passed.
  { pattern: /^ℹ cancelled (\d+)$/gm, failed: 1 },
];

const COLOURS = /\u001b\[[0-9;]*m/g;

/** @returns {{passed: number, failed: number}} the sum over all runners in this output */
export function totalsOf(output) {
  const text = output.replace(COLOURS, '');
  const totals = { passed: 0, failed: 0 };
  for (const { pattern, ...groups } of LINES) {
    for (const match of text.matchAll(pattern)) {
      for (const [name, group] of Object.entries(groups)) totals[name] += Number(match[group]);
    }
  }
  return totals;
}

/** Ends a command that runs servers: on a signal, or when whoever started it is gone. */

/**
 * @param {() => Promise<void>} close
 * @param {{withStdin?: boolean}} [options] `withStdin` also ends when standard input closes
 */
export function endOnRequest(close, { withStdin = false } = {}) {
  let ending = false;
  const end = async () => {
    if (ending) return;
    ending = true;
    try {
      await close();
      process.exit(0);
    } catch (error) {
      console.error(error);
      process.exit(1);
    }
  };
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
  // The channel to a parent process closes when the parent dies, however it dies.
  process.on('disconnect', end);
  if (withStdin) {
    process.stdin.on('end', end).on('close', end).on('error', end);
    process.stdin.resume();
  }
}

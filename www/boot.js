/** Starts the client; when it cannot start, says why in words. The build puts the names in. */
try {
  const { default: start } = await import('/app/client.js');
  await start({ module_or_path: '/app/client_bg.wasm' });
} catch (error) {
  console.error(error);
  const words = document.querySelector('.boot-words[role="status"]');
  if (words) {
    words.textContent =
      typeof WebAssembly === 'object'
        ? 'The application could not be loaded. Check your network connection, then load the page again.'
        : 'This browser has no WebAssembly, which the application needs. Please use a current browser.';
  }
}

/** Applies the chosen theme before the first paint; client/src/components/theme_switch.rs keeps it. */
try {
  const theme = localStorage.getItem('fhir-edge.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Storage is switched off: the system's theme it is.
}

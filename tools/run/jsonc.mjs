/** JSON with comments, as Wrangler's configuration is written. https://jsonc.org */
import { readFileSync } from 'node:fs';

const STRING_OR_COMMENT = /("(?:\\.|[^"\\])*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;

export function parseJsonc(text) {
  return JSON.parse(text.replace(STRING_OR_COMMENT, (_, string) => string ?? ''));
}

export const readJsonc = (path) => parseJsonc(readFileSync(path, 'utf8'));

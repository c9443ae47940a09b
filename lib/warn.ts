/** Warnings, as Python gives them: each text once. */
const given = new Set<string>();

/** Emits a UserWarning unless that text was given before. */
export function warnOnce(text: string): void {
  if (given.has(text)) return;
  given.add(text);
  process.emitWarning(text, 'UserWarning');
}

const width = 120;

/**
 * Files of at most 400 lines, tables (*.def) of at most 600; lines of at most 120 columns (in tables as wide as
 * aligning makes them), without tabs or blanks at the end.
 */
export function lines(files) {
  const failures = [];
  for (const { path, lines } of files) {
    const isTable = path.endsWith('.def');
    const limit = isTable ? 600 : 400;
    const count = lines.length - 1;
    if (count > limit) failures.push(`${path}: ${count} lines; at most ${limit}: split it by what belongs together`);
    if (lines.at(-1) !== '') failures.push(`${path}: does not end with a newline`);
    lines.forEach((line, i) => {
      const place = `${path}:${i + 1}`;
      if (/\s$/.test(line)) failures.push(`${place}: blanks at the end of the line`);
      if (line.includes('\t')) failures.push(`${place}: a tab`);
      // A formatter keeps what it cannot break; only a string or an address may be longer.
      if (!isTable && [...line].length > width && !/['"`]|https?:/.test(line))
        failures.push(`${place}: more than ${width} columns`);
    });
  }
  return failures;
}

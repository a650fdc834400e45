/** Rows of equal length as aligned columns: the first to the left, numbers to the right. */
export function alignedTable(rows: readonly (readonly string[])[]): string {
  const widths = columnWidths(rows);
  return rows
    .map((row) => row.map((cell, column) => pad(cell, widths[column]!, column)).join("  "))
    .join("\n");
}

/** The same for a Markdown document; the first row holds the titles. */
export function markdownTable(rows: readonly (readonly string[])[]): string {
  const [titles = [], ...body] = rows;
  const rule = titles.map((_, column) => (column === 0 ? "---" : "---:"));
  return [titles, rule, ...body].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

function columnWidths(rows: readonly (readonly string[])[]): number[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    });
  }
  return widths;
}

function pad(cell: string, width: number, column: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}

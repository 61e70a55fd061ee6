interface Column {
  schemaName: string;
  tableName: string;
  columnName: string;
}

type Query = <Row extends object>(sql: string) => Promise<Row[]>;

const textTypes = ['char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext', 'json'];
const quoted = (texts: readonly string[]): string => texts.map((text) => `'${text}'`).join(', ');

/** Where one of the words stands in a text column of these schemas, in whatever case: `schema.table.column: word`. */
export async function findText(
  query: Query,
  schemas: readonly string[],
  words: readonly string[],
): Promise<string[]> {
  const columns = await query<Column>(
    `SELECT TABLE_SCHEMA AS schemaName, TABLE_NAME AS tableName, COLUMN_NAME AS columnName
       FROM information_schema.COLUMNS
      WHERE TABLE_SCHEMA IN (${quoted(schemas)}) AND DATA_TYPE IN (${quoted(textTypes)})`,
  );
  if (columns.length === 0) throw new Error(`There is no text in ${schemas.join(', ')}.`);
  const found: string[] = [];
  for (const { schemaName, tableName, columnName } of columns) {
    const text = `LOWER(CONVERT(\`${columnName}\` USING utf8mb4))`;
    const counts = words.map(
      (word, index) => `COALESCE(SUM(${text} LIKE '%${word.toLowerCase()}%'), 0) AS w${index}`,
    );
    const [row] = await query<Record<string, number | string>>(
      `SELECT ${counts.join(', ')} FROM \`${schemaName}\`.\`${tableName}\``,
    );
    const there = words.filter((_word, index) => Number(row?.[`w${index}`]) > 0);
    found.push(...there.map((word) => `${schemaName}.${tableName}.${columnName}: ${word}`));
  }
  return found;
}

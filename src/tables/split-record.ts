/** The fields of one record of CSV or TSV that is known to be well formed. */

export type Separator = "," | "\t";

const fieldForms: { readonly [S in Separator]: RegExp } = {
  ",": /(?:"([^"]*(?:""[^"]*)*)"|([^,]*))(,|$)/y,
  "\t": /(?:"([^"]*(?:""[^"]*)*)"|([^\t]*))(\t|$)/y,
};

/** `record` with or without the carriage return of its line end. */
export function splitRecord(record: string, separator: Separator): string[] {
  const text = record.endsWith("\r") ? record.slice(0, -1) : record;
  if (!text.includes('"')) return text.split(separator);
  const form = fieldForms[separator];
  form.lastIndex = 0;
  const fields: string[] = [];
  for (;;) {
    const [, quoted, plain, separation] = form.exec(text)!;
    fields.push(quoted === undefined ? plain! : quoted.replaceAll('""', '"'));
    if (separation === "") return fields;
  }
}

/**
 * Text from input as Markdown shows it, literally: whatever might begin markup, a table cell, HTML, a mention or a reference
 * is an entity.
 */
export function escapeMarkdown(text: string): string {
  return text.replaceAll(
    /[^A-Za-z0-9 .,:;/()=+-]|(?<=www)\.|(?<=https?):|^[+=-]/gu,
    (character) => `&#${character.codePointAt(0)};`,
  );
}

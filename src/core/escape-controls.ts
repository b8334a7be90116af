const CONTROLS = /[\u007f-\u009f\p{Bidi_Control}]/gu;

/**
 * A text in double quotes, as `JSON.stringify` makes it, with what else a terminal would obey as an escape: control
 * characters of one byte, and those that turn the direction of writing. It means the same.
 */
export function escapeControls(json: string): string {
  return json.replaceAll(CONTROLS, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

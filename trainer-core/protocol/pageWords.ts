/** How a webview's page comes by its words. Apart from the messages, so that making the page does not load their schemas. */

/** Where the page keeps the Japanese (or other) words by their English ones: a JSON script element with this id; `{}` in English. */
export const PAGE_WORDS_ID = 'words';

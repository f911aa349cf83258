/** The licences that a model card can name, by the Hugging Face hub's identifiers (huggingface.co/docs/hub/repositories-licenses). */
export const LICENSES = [
  ...['unknown', 'other', 'apache-2.0', 'mit', 'bsd-2-clause', 'bsd-3-clause', 'isc', 'zlib', 'unlicense', 'wtfpl'],
  ...['cc0-1.0', 'cc-by-2.0', 'cc-by-2.5', 'cc-by-3.0', 'cc-by-4.0', 'cc-by-sa-3.0', 'cc-by-sa-4.0'],
  ...['cc-by-nc-2.0', 'cc-by-nc-3.0', 'cc-by-nc-4.0', 'cc-by-nc-sa-2.0', 'cc-by-nc-sa-3.0', 'cc-by-nc-sa-4.0'],
  ...['cc-by-nd-4.0', 'cc-by-nc-nd-3.0', 'cc-by-nc-nd-4.0'],
  ...[
    'gpl-2.0',
    'gpl-3.0',
    'agpl-3.0',
    'lgpl-2.1',
    'lgpl-3.0',
    'mpl-2.0',
    'eupl-1.1',
    'eupl-1.2',
    'epl-1.0',
    'epl-2.0',
  ],
  ...['afl-3.0', 'artistic-2.0', 'bsl-1.0', 'ecl-2.0', 'ms-pl', 'ncsa', 'ofl-1.1', 'osl-3.0', 'postgresql'],
  ...['gfdl', 'odbl', 'odc-by', 'pddl', 'openrail'],
] as const;
export type License = (typeof LICENSES)[number];

/** What the tool `distilbert_classify` takes, as its inputSchema in the manifest says it. */

import * as z from 'zod';

/** 1 to 100 texts. */
export const toolInput = z.object({ texts: z.array(z.string().max(100_000)).min(1).max(100) });

/** The Training Dashboard: draws what the extension sends and sends back what the user presses. */

import { registerComponents } from './components.js';
import { listen, send } from './host.js';

registerComponents();
listen(() => {});
send({ type: 'ready' });

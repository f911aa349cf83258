/** Which proxy a request goes through, by the environment variables that curl and Python obey. */
import { TrainerError } from '../protocol/errors.js';

/** Environment variables; an empty one counts as unset. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy for `url`, or null for a direct connection: `https_proxy` or `http_proxy` by the scheme of `url`, else `all_proxy`, unless
 * `no_proxy` names the host. Lower case goes before upper case. Throws `proxyUnsupported` for other proxies than HTTP's.
 */
export function proxyOf(url: URL, env: Environment): URL | null {
  const variable = (name: string) => env[name] || env[name.toUpperCase()] || '';
  const text = variable(url.protocol === 'https:' ? 'https_proxy' : 'http_proxy') || variable('all_proxy');
  if (text === '' || isExcepted(url, variable('no_proxy'))) return null;
  const address = /^[a-z][\w+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const proxy = URL.canParse(address) ? new URL(address) : null;
  if (proxy === null || !/^https?:$/.test(proxy.protocol) || proxy.hostname === '') {
    // Without the password that may stand in it.
    throw new TrainerError('proxyUnsupported', { proxy: text.replace(/^(.*:\/\/)?.*@/, '$1') });
  }
  return proxy;
}

/** Names in the list stand for a host and those below it, `*` for all; a name may have a port. */
function isExcepted({ hostname, port, protocol }: URL, list: string): boolean {
  const host = unbracketed(hostname);
  const hostPort = port || (protocol === 'https:' ? '443' : '80');
  const entries = list.toLowerCase().split(/[\s,]+/);
  return entries.some((entry) => {
    const [, name = entry, onlyPort] = /^(\[.*\]|[^:]*)(?::(\d+))?$/.exec(entry) ?? [];
    const suffix = unbracketed(name).replace(/^\*?\./, '');
    const isNamed = name === '*' || (suffix !== '' && (host === suffix || host.endsWith(`.${suffix}`)));
    return isNamed && (onlyPort === undefined || onlyPort === hostPort);
  });
}

function unbracketed(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}

/** What a trainer that asks the Hugging Face hub gets beside its usual environment: the token, and the editor's proxy. */

/** Of the editor's own settings for the network (`http.*`). */
export interface ProxySettings {
  proxy?: string;
  noProxy?: readonly string[];
  proxySupport?: string;
}

/**
 * Variables to add. The token stays out of arguments and files, where other programs could read it. The editor's proxy goes before
 * the one of the environment; `off` switches both off.
 */
export function hubEnvironment(token: string | undefined, settings: ProxySettings): Record<string, string> {
  const { proxy = '', noProxy = [], proxySupport } = settings;
  const both = (name: string, value: string) => ({ [name]: value, [name.toUpperCase()]: value });
  const everyProxy = (address: string) => ({ ...both('http_proxy', address), ...both('https_proxy', address) });
  return {
    ...(token === undefined ? {} : { HF_TOKEN: token }),
    ...(proxySupport === 'off'
      ? { ...everyProxy(''), ...both('all_proxy', '') }
      : proxy === ''
        ? {}
        : everyProxy(proxy)),
    ...(noProxy.length > 0 && proxySupport !== 'off' ? both('no_proxy', noProxy.join(',')) : {}),
  };
}

import { vendorKey } from "./_vendor-key.ts";

const UUID = "[a-f\\d]{8}-[a-f\\d]{4}-[a-f\\d]{4}-[a-f\\d]{4}-[a-f\\d]{12}";

/**
 * Keys of platforms, by the prefixes their documentation and the rules of secret scanners show: ElevenLabs, Together,
 * Jina, Voyage, Zhipu, Firecrawl, Trigger, Inngest, Resend, Brevo's SMTP, Netlify, Vercel, Render, Neon, Mapbox, CircleCI,
 * Buildkite, PostHog, Prefect, Tailscale, Clojars, Contentful, HubSpot, Plaid, Razorpay, Flutterwave, Shippo, Duffel, Lob,
 * Adafruit, Tencent, Yandex, Apify, MongoDB, dbt, webhooks of Discord and Teams.
 */
export const apiKeyPlatform = vendorKey("api-key-platform", [
  "sk_[a-f\\d]{48}",
  "tgp_v1_[A-Za-z\\d_\\-]{43}",
  "jina_[a-f\\d]{32}[A-Za-z\\d_\\-]{28}",
  "pa-[A-Za-z\\d_\\-]{43}",
  "[a-f\\d]{32}\\.[A-Za-z\\d]{16}",
  "fc-[a-f\\d]{32}",
  "tr_(?:prod|dev)_[A-Za-z\\d]{20,24}",
  "signkey-(?:prod|test)-[a-f\\d]{32,64}",
  "re_[A-Za-z\\d]{8}_[A-Za-z\\d]{24}",
  "xsmtpsib-[a-f\\d]{64}-[A-Za-z\\d]{16}",
  "nfp_[A-Za-z\\d]{36,40}",
  "vc[aikp]_[A-Za-z\\d]{24,60}",
  "rnd_[A-Za-z\\d]{28,36}",
  "napi_[a-z\\d]{64}",
  "sk\\.eyJ[A-Za-z\\d_\\-]{20,90}\\.[A-Za-z\\d_\\-]{22}",
  "CCI(?:PAT|PRJ)_[A-Za-z\\d]{22}_[a-f\\d]{40}",
  "bk[a-z]{2}_[a-f\\d]{40}",
  "phx_[A-Za-z\\d]{43,52}",
  "pn[bu]_[A-Za-z\\d]{36}",
  "tskey-[a-z]{3,12}-[A-Za-z\\d]{8,20}-[A-Za-z\\d]{16,40}",
  "CLOJARS_[a-z\\d]{60}",
  "CFPAT-[A-Za-z\\d_\\-]{43}",
  "apify_api_[A-Za-z\\d]{36}",
  "mdb_sa_sk_[A-Za-z\\d_\\-]{40}",
  "dbt[cu]_[A-Za-z\\d_\\-]{40,60}",
  `pat-(?:na|eu|ap)\\d-${UUID}`,
  `access-(?:sandbox|development|production)-${UUID}`,
  "rzp_(?:live|test)_[A-Za-z\\d]{14,24}",
  "FLWSECK(?:_TEST)?-[a-h\\d]{12,32}-X",
  "shippo_(?:live|test)_[a-f\\d]{40}",
  "duffel_(?:live|test)_[A-Za-z\\d_\\-=]{43}",
  "(?:live|test)_[a-f\\d]{35}",
  "aio_[A-Za-z\\d]{28}",
  "AKID[A-Za-z\\d]{32}",
  "AQVN[A-Za-z\\d_\\-]{35,38}",
  "https://(?:canary\\.|ptb\\.)?discord(?:app)?\\.com/api/webhooks/\\d{17,20}/[A-Za-z\\d_\\-]{60,70}",
]);

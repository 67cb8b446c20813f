import { vendorKey } from "./_vendor-key.ts";

/**
 * Keys of services, by the prefixes their documentation shows: Slack, Stripe, Braintree, Twilio, SendGrid, Mailgun, Mailchimp,
 * Dynatrace, Typeform, EasyPost, Frame.io, Readme, Brevo, Shopify, Square, Discord, Telegram, Notion, Linear, Figma,
 * New Relic, Grafana, Airtable, Dropbox, Facebook.
 */
export const apiKeyService = vendorKey("api-key-service", [
  "xox[abeprs](?:\\.xox[bp])?-[A-Za-z\\d\\-]{10,110}",
  "xapp-\\d-[A-Z\\d]{9,14}-\\d{9,15}-[a-f\\d]{60,64}",
  "https://hooks\\.slack\\.com/(?:services|workflows)/T[A-Z\\d]{7,12}/[AB][A-Z\\d]{7,14}/[A-Za-z\\d/]{20,40}",
  "(?:sk|rk|pk)_(?:live|test)_[A-Za-z\\d]{16,110}",
  "access_token\\$(?:production|sandbox)\\$[a-z\\d]{16}\\$[a-f\\d]{32}",
  "whsec_[A-Za-z\\d+/=]{24,64}",
  "(?:SK|AC)[a-f\\d]{32}",
  "SG\\.[A-Za-z\\d_\\-]{16,32}\\.[A-Za-z\\d_\\-]{16,64}",
  "key-[a-f\\d]{32}",
  "[a-f\\d]{32}-us\\d{1,2}",
  "xkeysib-[a-f\\d]{64}-[A-Za-z\\d]{16}",
  "shp(?:at|ca|pa|ss)_[a-fA-F\\d]{32}",
  "sq0[a-z]{3}-[A-Za-z\\d_\\-]{22,43}",
  "EAAA[A-Za-z\\d_\\-]{60}",
  "[MNO][A-Za-z\\d_\\-]{23,27}\\.[A-Za-z\\d_\\-]{6}\\.[A-Za-z\\d_\\-]{27,38}",
  "\\d{8,10}:AA[A-Za-z\\d_\\-]{33}",
  "(?:secret|ntn)_[A-Za-z\\d]{40,50}",
  "lin_(?:api|oauth)_[A-Za-z\\d]{40,64}",
  "fig[dou]_[A-Za-z\\d_\\-]{40,60}",
  "NRAK-[A-Z\\d]{27}",
  "gl(?:sa|c)_[A-Za-z\\d+/=_]{32,100}",
  "pat[A-Za-z\\d]{14}\\.[a-f\\d]{64}",
  "dt0[a-z]\\d{2}\\.[A-Z\\d]{24}\\.[A-Z\\d]{64}",
  "tfp_[A-Za-z\\d_.\\-]{59}",
  "EZ[AT]K[A-Za-z\\d]{54}",
  "fio-u-[A-Za-z\\d_=\\-]{64}",
  "rdme_[a-z\\d]{70}",
  "sl\\.(?:u\\.)?[A-Za-z\\d_\\-]{90,120}",
]);

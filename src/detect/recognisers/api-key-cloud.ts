import { vendorKey } from "./_vendor-key.ts";

/**
 * Keys of clouds, by the prefixes their documentation shows: AWS (IAM unique identifiers), Google (API keys of both forms, OAuth
 * tokens and client secrets), Azure (client secrets of Entra ID), DigitalOcean, Heroku, Cloudflare, Databricks, Scaleway,
 * Supabase, Vault, Terraform, Fly, Pulumi, Doppler, PlanetScale, Alibaba, signatures of Azure's shared access.
 */
export const apiKeyCloud = vendorKey("api-key-cloud", [
  "(?:AKIA|ASIA|ABIA|ACCA)[A-Z\\d]{16}",
  "AIza[A-Za-z\\d_\\-]{30,45}",
  "AQ\\.[A-Za-z\\d_\\-]{40,80}",
  "ya29\\.[A-Za-z\\d_\\-]{20,100}",
  "GOCSPX-[A-Za-z\\d_\\-]{28}",
  "[A-Za-z\\d_~.]{3}8Q~[A-Za-z\\d_~.\\-]{31,34}",
  "do[opr]_v1_[a-f\\d]{64}",
  "HRKU-[A-Za-z\\d_\\-]{36,64}",
  "dapi[a-f\\d]{32}(?:-\\d)?",
  "SCW[A-Z\\d]{17}",
  "sb[ps]_[a-f\\d]{40}",
  "sb_secret_[A-Za-z\\d_\\-]{20,50}",
  "hv[sbr]\\.[A-Za-z\\d_\\-]{24,110}",
  "[A-Za-z\\d]{14}\\.atlasv1\\.[A-Za-z\\d_\\-=]{60,70}",
  "fm[12][ar]?_[A-Za-z\\d+/=_\\-]{60,250}",
  "pul-[a-f\\d]{40}",
  "dp\\.(?:pt|ct|sa|scim|audit|st(?:\\.[a-z\\d_\\-]{2,35})?)\\.[A-Za-z\\d]{40,44}",
  "pscale_(?:tkn|oauth|pw)_[A-Za-z\\d_.\\-]{32,64}",
  "LTAI[A-Za-z\\d]{20}",
  "sig=[A-Za-z\\d%]{43,80}%3[dD]",
  "fo1_[A-Za-z\\d_\\-]{43}",
]);

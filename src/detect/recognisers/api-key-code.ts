import { vendorKey } from "./_vendor-key.ts";

/**
 * Tokens of code hosts and package registries, by the prefixes their documentation shows: GitHub, GitLab, Bitbucket, npm,
 * PyPI, RubyGems, crates.io, Docker Hub, NuGet, Sentry, Sonar, Sourcegraph, Artifactory, Azure DevOps and its OpenAI, OpenShift, Postman,
 * LaunchDarkly, Infisical, Asana.
 */
export const apiKeyCode = vendorKey("api-key-code", [
  "gh[pousr]_[A-Za-z\\d]{30,120}",
  "github_pat_[A-Za-z\\d_]{22,100}",
  "gl(?:pat|ptt|dt|rt|cbt|ft|soat|agent|imt|oas)-[A-Za-z\\d_\\-]{20,70}(?:\\.[a-z\\d]{2}\\.?[a-z\\d]{7,9})?",
  "ATBB[A-Za-z\\d]{32}",
  "ATATT3[A-Za-z\\d_\\-=]{100,120}",
  "npm_[A-Za-z\\d]{30,45}",
  "pypi-[A-Za-z\\d_\\-]{50,120}",
  "rubygems_[a-f\\d]{48}",
  "cio[A-Za-z\\d]{32}",
  "dckr_(?:pat|oat)_[A-Za-z\\d_\\-]{27,40}",
  "oy2[a-z\\d]{43}",
  "sntryu_[a-f\\d]{64}",
  "sntrys_[A-Za-z\\d+/=_]{60,100}",
  "sq[pau]_[a-f\\d]{40}",
  "sgp_(?:[a-f\\d]{16}_|local_)?[a-f\\d]{40}",
  "AKCp[A-Za-z\\d]{69}",
  "[A-Za-z\\d]{76}(?:AZDO|ACOG)[A-Za-z\\d]{4}",
  "sha256~[A-Za-z\\d_\\-]{43}",
  "PMAK-[a-f\\d]{24}-[a-f\\d]{34}",
  "sdk-[a-f\\d]{8}-[a-f\\d]{4}-4[a-f\\d]{3}-[a-f\\d]{4}-[a-f\\d]{12}",
  "st\\.[a-f\\d]{24}\\.[a-f\\d]{32}\\.[a-f\\d]{32}",
  "[12]/\\d{16}(?:/\\d{16})?:[a-f\\d]{32}",
  "AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}",
]);
